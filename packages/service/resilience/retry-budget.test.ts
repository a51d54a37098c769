import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RetryBudget } from './retry-budget.ts'

test('over any stretch of calls, repetitions are at most a tenth of them and ten more', () => {
  // True: a call; false: somebody wants to repeat one.
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (events) => {
      const budget = new RetryBudget()
      const balance = [0]
      for (const isCall of events) {
        if (isCall) budget.deposit()
        const step = isCall ? -0.1 : budget.withdraw() ? 1 : 0
        balance.push((balance.at(-1) ?? 0) + step)
      }
      // The largest rise of repetitions over a tenth of the calls, of all stretches.
      let lowest = 0
      for (const value of balance) {
        lowest = Math.min(lowest, value)
        assert.ok(value - lowest <= 10 + 1e-9, `${value - lowest} repetitions too many`)
      }
    }),
  )
})

test('where everything fails, a thousand calls are asked for eleven hundred times', () => {
  const budget = new RetryBudget()
  let repetitions = 0
  for (let call = 0; call < 1_000; call += 1) {
    budget.deposit()
    for (let attempt = 1; attempt < 5 && budget.withdraw(); attempt += 1) repetitions += 1
  }
  assert.ok(repetitions >= 100 && repetitions <= 110, String(repetitions))
})
