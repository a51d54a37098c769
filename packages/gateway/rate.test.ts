import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as holds, integer, property } from 'fast-check'
import { partyOfAddress, RateLimiter } from './rate.ts'

const plan = { requestsPerSecond: 10, burst: 3 }

function limiterAt(start: number, capacity = 10) {
  let now = start
  const limiter = new RateLimiter({ clock: { now: () => now }, capacity })
  return { limiter, pass: (milliseconds: number) => void (now += milliseconds) }
}

test('a party may use its burst, then waits for the next token', () => {
  const { limiter, pass } = limiterAt(1_000)
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limiter.take('storefront', plan)),
    [0, 0, 0, 100],
  )
  pass(99)
  assert.equal(limiter.take('storefront', plan) > 0, true)
  pass(1)
  assert.equal(limiter.take('storefront', plan), 0)
})

test('one party does not use up the tokens of another', () => {
  const { limiter } = limiterAt(0)
  for (let count = 0; count < 10; count += 1) limiter.take('storefront', plan)
  assert.equal(limiter.take('partner', plan), 0)
})

test('a clock that is set back gives no tokens', () => {
  const { limiter, pass } = limiterAt(1_000_000)
  for (let count = 0; count < 3; count += 1) limiter.take('storefront', plan)
  pass(-500_000)
  assert.equal(limiter.take('storefront', plan), 100)
})

test('addresses without end are remembered in bounded memory, the silent ones forgotten first', () => {
  const { limiter } = limiterAt(0, 100)
  for (let count = 0; count < 3; count += 1) limiter.take('192.0.2.1', plan)
  for (let address = 0; address < 99; address += 1) limiter.take(`198.51.100.${address}`, plan)
  assert.equal(limiter.take('192.0.2.1', plan), 100, 'still remembered')
  for (let address = 0; address < 10_000; address += 1) limiter.take(`203.0.113.${address}`, plan)
  assert.equal(limiter.size, 100)
})

test('over any time, no party gets more than its burst and its rate', () => {
  const steps = array(integer({ min: 0, max: 400 }), { maxLength: 200 })
  holds(
    property(steps, (pauses) => {
      const { limiter, pass } = limiterAt(0)
      let granted = 0
      let elapsed = 0
      for (const pause of pauses) {
        pass(pause)
        elapsed += pause
        if (limiter.take('storefront', plan) === 0) granted += 1
      }
      assert.ok(granted <= plan.burst + (elapsed / 1_000) * plan.requestsPerSecond + 1e-6)
    }),
  )
})

test('an address is one party, and so is a whole IPv6 network of 64 bits', () => {
  assert.equal(partyOfAddress('192.0.2.1'), '192.0.2.1')
  assert.equal(partyOfAddress('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(partyOfAddress('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(partyOfAddress('2001:db8:1:2::9'), '2001:db8:1:2::/64')
  assert.equal(partyOfAddress('2001:db8::9'), '2001:db8:0:0::/64')
  assert.equal(partyOfAddress('::1'), '0:0:0:0::/64')
  assert.equal(partyOfAddress('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(partyOfAddress(undefined), 'unknown')
})
