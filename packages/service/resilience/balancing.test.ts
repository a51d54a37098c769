import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Target } from '../endpoints.ts'
import type { Connection } from '../transport/transport.ts'
import { chooseEndpoint } from './choice.ts'
import { OpenEndpoint } from './endpoint.ts'
import { OutlierRecord } from './outlier.ts'
import { PeakEwma } from './peak-ewma.ts'

/** Nothing here makes a call. */
const unused = {} as Connection
const endpointsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => new OpenEndpoint(`127.0.0.1:${at + 1}`, unused, 0))

test('what is chosen was not tried, and is usable where any is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ tried: fc.boolean(), reachable: fc.boolean(), inFlight: fc.nat(9) }), {
        maxLength: 6,
      }),
      (states) => {
        const endpoints = endpointsOf(states.length)
        const tried = new Set<OpenEndpoint>()
        for (const [at, endpoint] of endpoints.entries()) {
          endpoint.reachable = states[at]?.reachable ?? true
          endpoint.inFlight = states[at]?.inFlight ?? 0
          if (states[at]?.tried === true) tried.add(endpoint)
        }
        const left = endpoints.filter((endpoint) => !tried.has(endpoint))
        const chosen = chooseEndpoint(endpoints, tried.size === 0 ? undefined : tried, 1)
        if (chosen === undefined) return assert.equal(left.length, 0)
        assert.ok(left.includes(chosen))
        if (left.some(({ reachable }) => reachable)) assert.ok(chosen.reachable)
      },
    ),
  )
})

test('equal replicas get equal shares, a slow one hardly any, and both get calls again when it is quick', () => {
  const [quick, slow] = endpointsOf(2) as [OpenEndpoint, OpenEndpoint]
  const shares = (now: number) => {
    let ofSlow = 0
    for (let call = 0; call < 1_000; call += 1)
      if (chooseEndpoint([quick, slow], undefined, now) === slow) ofSlow += 1
    return ofSlow
  }
  quick.latency.observe(2, 20_000)
  slow.latency.observe(2, 20_000)
  assert.ok(shares(20_000) > 400 && shares(20_000) < 600)
  slow.latency.observe(200, 20_000)
  assert.equal(shares(20_000), 0)
  quick.inFlight = 150
  assert.equal(shares(20_000), 1_000)
  quick.inFlight = 0
  assert.ok(shares(120_000) > 400)
})

test('a peak counts at once and is forgotten slowly; an answer in between lowers it and nothing else does', () => {
  const latency = new PeakEwma()
  latency.observe(2, 0)
  latency.observe(500, 10)
  assert.equal(latency.expected(10), 500)
  latency.observe(2, 20)
  assert.ok(latency.expected(20) > 450)
  assert.ok(latency.expected(30_000) < 50)
  latency.penalise(0.1, 30_000)
  assert.ok(latency.expected(30_000) > 40)
})

test('a replica that was never asked is asked once, and not by everybody at once', () => {
  const latency = new PeakEwma()
  assert.ok(latency.costOf(0, 0) <= 1)
  assert.ok(latency.costOf(1, 0) >= 1_000)
})

test('five failures in a row eject, for twice as long each time, never longer than 30 s; then it begins with a tenth', () => {
  const record = new OutlierRecord(0)
  const times: number[] = []
  let now = 100_000
  for (let ejection = 0; ejection < 8; ejection += 1) {
    const needed = ejection === 0 ? 5 : 1
    for (let failure = 1; failure < needed; failure += 1) assert.equal(record.failed(now), false)
    assert.equal(record.failed(now), true)
    record.eject(now)
    times.push(record.ejectedUntil - now)
    now = record.ejectedUntil
    assert.equal(record.weight(now), 0.1)
  }
  assert.deepEqual(times, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  assert.equal(record.weight(now + 10_000), 1)
  record.succeeded()
  assert.equal(record.failed(now), false)
})

test('a replica that fails every other call is ejected too', () => {
  const record = new OutlierRecord(0)
  let ejected = false
  for (let call = 0; call < 200 && !ejected; call += 1) {
    record.succeeded()
    ejected = record.failed(call) || record.failed(call)
  }
  assert.equal(ejected, true)
})

test('whatever fails, at most half of the replicas are ejected, and one alone never is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.tuple(fc.nat(6), fc.nat(400)), { maxLength: 300 }),
      (count, failures) => {
        const target = new Target('pricing', { mostInFlight: 1, mostWaiting: 0 })
        target.endpoints = endpointsOf(count)
        let now = 0
        for (const [which, pause] of failures) {
          now += pause
          const endpoint = target.endpoints[which % count]
          if (endpoint !== undefined) target.failed(endpoint, now)
          const ejected = target.endpoints.filter(({ outlier }) => outlier.ejectedUntil > now).length
          assert.ok(ejected <= Math.floor(count / 2))
        }
      },
    ),
  )
})
