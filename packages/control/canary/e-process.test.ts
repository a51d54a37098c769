import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { levelOf, noEvidence, weigh, type Count, type EProcess } from './e-process.ts'

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Rollout {
  readonly random: () => number
  /** Share of the candidate at each look. */
  readonly shares: readonly number[]
  readonly callsALook: number
  /** Rates at which calls are hit, for each look. */
  readonly rates: (look: number) => { readonly running: number; readonly candidate: number }
}

/** A rollout that is looked at again and again: the evidence at its end. */
function simulate({ random, shares, callsALook, rates }: Rollout): EProcess {
  return shares.reduce((process, share, look) => {
    const rate = rates(look)
    const counts = { running: { calls: 0, hits: 0 }, candidate: { calls: 0, hits: 0 } }
    for (let call = 0; call < callsALook; call += 1) {
      const side = random() < share ? 'candidate' : 'running'
      counts[side].calls += 1
      if (random() < rate[side]) counts[side].hits += 1
    }
    return weigh(process, counts)
  }, noEvidence)
}

const steps = [0.01, 0.1, 0.5].flatMap((share) => Array.from({ length: 40 }, () => share))

suite('the sequential test of a candidate', () => {
  for (const [name, rates] of Object.entries({
    'one call in a thousand fails': () => ({ running: 0.001, candidate: 0.001 }),
    'one call in twenty fails': () => ({ running: 0.05, candidate: 0.05 }),
    'every other call fails': () => ({ running: 0.5, candidate: 0.5 }),
    'failures come in bursts': (look: number) => {
      const rate = look % 10 === 0 ? 0.4 : 0.001
      return { running: rate, candidate: rate }
    },
    'the candidate is a little better': () => ({ running: 0.05, candidate: 0.04 }),
  }))
    test(`raises no more false alarms than promised, with 120 looks, where ${name}`, () => {
      const random = randomOf(20_261_124)
      const rollouts = 2_000
      const most = { 0.1: 0, 0.01: 0 }
      for (let rollout = 0; rollout < rollouts; rollout += 1) {
        const level = levelOf(simulate({ random, shares: steps, callsALook: 20, rates }), 1)
        for (const promised of [0.1, 0.01] as const) if (level <= promised) most[promised] += 1
      }
      // Three standard deviations of the count above what is promised.
      for (const promised of [0.1, 0.01] as const)
        assert.ok(
          most[promised] <= rollouts * promised + 3 * Math.sqrt(rollouts * promised),
          `${most[promised]} of ${rollouts} at ${promised}`,
        )
    })

  test('finds five failures in a hundred calls of one party among fifty, before half of the calls go there', () => {
    const random = randomOf(7)
    const shares = [0.01, 0.1].flatMap((share) => Array.from({ length: 60 }, () => share))
    let found = 0
    for (let rollout = 0; rollout < 200; rollout += 1) {
      const rates = () => ({ running: 0, candidate: 0.05 })
      if (levelOf(simulate({ random, shares, callsALook: 50, rates }), 4 * 50) <= 0.01) found += 1
    }
    assert.ok(found >= 190, `${found} of 200`)
  })

  test('finds a failure rate that doubles', () => {
    const random = randomOf(11)
    let found = 0
    for (let rollout = 0; rollout < 100; rollout += 1) {
      const rates = () => ({ running: 0.02, candidate: 0.04 })
      if (levelOf(simulate({ random, shares: steps, callsALook: 200, rates }), 40) <= 0.01) found += 1
    }
    assert.ok(found >= 90, `${found} of 100`)
  })

  test('has no opinion of what has few calls, and none of a candidate that nobody compares with anything', () => {
    const some = (calls: number, hits: number): Count => ({ calls, hits })
    assert.equal(levelOf(noEvidence, 40), 1)
    assert.equal(levelOf(weigh(noEvidence, { running: some(10, 0), candidate: some(1, 1) }), 40), 1)
    assert.equal(levelOf(weigh(noEvidence, { running: some(0, 0), candidate: some(50, 50) }), 1), 1)
  })

  /** The expectation of the factor of one block, over everything that may come of it, under a rate that is the same for both. */
  test('bets fairly: the factor of a block is 1 at most on average, whatever the rate and the numbers of calls', () => {
    const chances = (calls: number, rate: number) => {
      let chance = (1 - rate) ** calls
      return Array.from({ length: calls + 1 }, (_, hits) => {
        const own = chance
        chance *= ((calls - hits) / (hits + 1)) * (rate / (1 - rate))
        return own
      })
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (running, candidate, rate, better) => {
          const [one, other] = [chances(running, rate), chances(candidate, rate * better)]
          let expected = 0
          for (const [a, chanceA] of one.entries())
            for (const [b, chanceB] of other.entries()) {
              const { logs } = weigh(noEvidence, {
                running: { calls: running, hits: a },
                candidate: { calls: candidate, hits: b },
              })
              const factor = logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length
              expected += chanceA * chanceB * factor
            }
          assert.ok(expected <= 1 + 1e-9, String(expected))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('waits with what cannot be compared yet, and forgets nothing of it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (sides) => {
        const process = sides.reduce(
          (before, isCandidate) =>
            weigh(before, {
              running: { calls: isCandidate ? 0 : 1, hits: 0 },
              candidate: { calls: isCandidate ? 1 : 0, hits: 0 },
            }),
          noEvidence,
        )
        assert.equal(process.seen.candidate.calls, sides.filter(Boolean).length)
        assert.equal(process.seen.running.calls, sides.filter((side) => !side).length)
      }),
    )
  })
})
