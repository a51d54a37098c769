import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ranks, WaitingLine, type Rank, type Waiting } from './waiting-line.ts'

const one = (rank: Rank, since = 0): Waiting => ({ rank, since, patienceMs: 0 })

test('in a full line the least important makes room, and nobody for an equal', () => {
  const line = new WaitingLine(2)
  const report = one(ranks.background)
  const quote = one(ranks.normal)
  assert.equal(line.join(report), undefined)
  assert.equal(line.join(quote), undefined)
  const payment = one(ranks.critical)
  assert.equal(line.join(payment), report)
  const other = one(ranks.normal)
  assert.equal(line.join(other), other)
  assert.equal(line.join(one(ranks.critical)), quote)
  const late = one(ranks.critical)
  assert.equal(line.join(late), late)
  assert.equal(line.next(false), payment)
})

test('the more important goes first; in a line that stands the newest of them', () => {
  const line = new WaitingLine(9)
  const [early, late, report] = [one(ranks.normal, 1), one(ranks.normal, 2), one(ranks.background, 0)]
  for (const each of [report, early, late]) line.join(each)
  assert.equal(line.next(true), late)
  assert.equal(line.next(false), early)
  assert.equal(line.next(false), report)
  assert.equal(line.next(false), undefined)
})

test('nobody is lost or served twice, the line keeps its bound, and nobody leaves for somebody less important', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('join' as const), rank: fc.constantFrom<Rank>(0, 1, 2) }),
    fc.record({ do: fc.constant('next' as const), standing: fc.boolean() }),
    fc.record({ do: fc.constant('late' as const), bound: fc.integer({ min: 0, max: 200 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, most) => {
      const line = new WaitingLine(most)
      const waiting = new Set<Waiting>()
      const leave = (who: Waiting) => assert.ok(waiting.delete(who))
      for (const [since, each] of steps.entries()) {
        if (each.do === 'join') {
          const joiner = one(each.rank, since)
          waiting.add(joiner)
          const leaver = line.join(joiner)
          if (leaver !== undefined) leave(leaver)
          if (leaver !== undefined && leaver !== joiner) assert.ok(leaver.rank > joiner.rank)
        } else if (each.do === 'next') {
          const next = line.next(each.standing)
          if (next === undefined) assert.equal(waiting.size, 0)
          else {
            assert.ok([...waiting].every(({ rank }) => rank >= next.rank))
            leave(next)
          }
        } else {
          assert.equal(
            line.hasLate(each.bound, since),
            [...waiting].some((who) => since - who.since > each.bound),
          )
          const late = line.takeLate(each.bound, since)
          if (late === undefined) assert.ok([...waiting].every((who) => since - who.since <= each.bound))
          else leave(late)
        }
        assert.equal(line.size, waiting.size)
        assert.ok(line.size <= most)
      }
    }),
  )
})
