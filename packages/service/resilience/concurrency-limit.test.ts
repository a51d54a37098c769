import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConcurrencyLimit } from './concurrency-limit.ts'

const bounds = { least: 4, most: 1_024, first: 32 }

interface Simulated {
  /** Calls that the resource behind the handlers serves at a time; more wait there. */
  readonly knee: number
  readonly serviceMs: number
  /** Calls that arrive in a millisecond. */
  readonly perMs: number
}

/** Drives the limit with a resource that serves so many at a time, on a clock of its own, for so many milliseconds. */
function simulate(
  limit: ConcurrencyLimit,
  load: Simulated | ((now: number) => Simulated),
  forMs: number,
  from = 1,
) {
  const free: number[] = []
  let running: { readonly endsAt: number; readonly beganAt: number; readonly phase: number }[] = []
  let finished = 0
  let owed = 0
  for (let now = from; now < from + forMs; now += 1) {
    const { knee, serviceMs, perMs } = typeof load === 'function' ? load(now) : load
    for (const call of running.filter(({ endsAt }) => endsAt <= now)) {
      finished += 1
      limit.end('quote', { tookMs: call.endsAt - call.beganAt, phase: call.phase, now })
    }
    running = running.filter(({ endsAt }) => endsAt > now)
    free.length = Math.min(free.length, knee)
    for (owed += perMs; owed >= 1; owed -= 1) {
      if (running.length >= limit.limit) continue
      // The server of the resource that is free first.
      const at = free.length < knee ? free.push(0) - 1 : free.indexOf(Math.min(...free))
      const endsAt = Math.max(now, free[at] ?? 0) + serviceMs
      free[at] = endsAt
      running.push({ endsAt, beganAt: now, phase: limit.phase })
      limit.begin(running.length)
    }
  }
  return { finished, possible: (forMs * knee_(load, from)) / service_(load, from) }
}

const at = (load: Simulated | ((now: number) => Simulated), now: number) =>
  typeof load === 'function' ? load(now) : load
const knee_ = (load: Simulated | ((now: number) => Simulated), now: number) => at(load, now).knee
const service_ = (load: Simulated | ((now: number) => Simulated), now: number) => at(load, now).serviceMs

test('under three times the load that can be served, the limit finds what the resource serves at a time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 150 }), (knee, serviceMs) => {
      const limit = new ConcurrencyLimit(bounds)
      const load = { knee, serviceMs, perMs: (3 * knee) / serviceMs }
      simulate(limit, load, 60_000)
      const { finished, possible } = simulate(limit, load, 20_000, 60_001)
      const all = JSON.stringify({ knee, serviceMs, limit: limit.limit, finished, possible })
      assert.ok(limit.limit <= Math.max(bounds.least, 3 * knee + 6), all)
      assert.ok(finished >= 0.9 * possible, all)
    }),
    { numRuns: 15 },
  )
})

test('a load that can be served is never limited', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 30 }), fc.integer({ min: 2, max: 100 }), (knee, serviceMs) => {
      const limit = new ConcurrencyLimit(bounds)
      const load = { knee, serviceMs, perMs: (0.6 * knee) / serviceMs }
      const { finished } = simulate(limit, load, 20_000)
      assert.ok(finished >= 0.98 * load.perMs * 20_000 - 2 * knee, `${finished}`)
    }),
    { numRuns: 15 },
  )
})

test('a dependency that becomes ten times slower is no reason to run fewer calls for long', () => {
  const limit = new ConcurrencyLimit(bounds)
  simulate(limit, { knee: 1_000, serviceMs: 10, perMs: 2 }, 10_000)
  simulate(limit, { knee: 1_000, serviceMs: 100, perMs: 2 }, 60_000, 10_001)
  assert.ok(limit.limit >= 100, `${limit.limit}`)
})

test('the limit stays within its bounds, whatever answers tell', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 2_000 })), {
        maxLength: 400,
      }),
      (answers) => {
        const limit = new ConcurrencyLimit({ least: 4, most: 64, first: 32 })
        let now = 1
        for (const [tookMs, inFlight] of answers) {
          now += 20
          limit.begin(inFlight)
          limit.end('quote', { tookMs, phase: limit.phase, now })
          assert.ok(limit.limit >= 1 && limit.limit <= 64, `${limit.limit}`)
        }
      },
    ),
  )
})
