import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { Deadline } from '../deadline.ts'
import { CallFailure } from '../errors.ts'
import { Bulkhead, type Entering } from './bulkhead.ts'

function caller(said: string[], name: string, waitMs = 60_000, ending?: Deadline): Entering {
  return {
    endsAt: performance.now() + waitMs,
    ending,
    enter: () => void said.push(`${name} in`),
    turnAway: (why) => void said.push(`${name} ${why}`),
  }
}

test('so many go in, so many wait in their order, and the others are turned away at once', () => {
  const said: string[] = []
  const bulkhead = new Bulkhead({ mostInFlight: 1, mostWaiting: 2 })
  for (const name of ['a', 'b', 'c', 'd']) bulkhead.take(caller(said, name))
  assert.deepEqual(said, ['a in', 'd full'])
  bulkhead.leave()
  bulkhead.leave()
  assert.deepEqual(said, ['a in', 'd full', 'b in', 'c in'])
  bulkhead.leave()
  assert.equal(bulkhead.inFlight, 0)
})

test('nobody waits longer than it has time, or after it was given up', async () => {
  const said: string[] = []
  const bulkhead = new Bulkhead({ mostInFlight: 1, mostWaiting: 9 })
  const ending = new Deadline(60_000)
  bulkhead.take(caller(said, 'a'))
  bulkhead.take(caller(said, 'b', 20))
  bulkhead.take(caller(said, 'c', 60_000, ending))
  ending.end(new CallFailure('CANCELLED', 'given up', { target: 'pricing.quote' }))
  assert.deepEqual(said, ['a in', 'c ended'])
  while (said.length < 3) await sleep(5)
  assert.deepEqual(said, ['a in', 'c ended', 'b late'])
  bulkhead.leave()
  assert.equal(bulkhead.inFlight, 0)
})

test('no place is lost or made, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (comes) => {
      const bulkhead = new Bulkhead({ mostInFlight: 3, mostWaiting: 4 })
      let [inside, asked, away] = [0, 0, 0]
      for (const come of comes) {
        if (come) {
          asked += 1
          bulkhead.take({
            endsAt: performance.now() + 60_000,
            enter: () => void (inside += 1),
            turnAway: () => void (away += 1),
          })
        } else if (inside > 0) {
          inside -= 1
          asked -= 1
          bulkhead.leave()
        }
        assert.ok(inside <= 3)
        assert.equal(bulkhead.inFlight, inside)
        const waiting = asked - inside - away
        assert.ok(waiting >= 0 && waiting <= 4 && (waiting === 0 || inside === 3))
      }
      while (bulkhead.inFlight > 0) bulkhead.leave()
    }),
  )
})
