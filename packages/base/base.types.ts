// What must not compile. The compiler fails where an expectation here is not met; nothing of this file runs.
import type { Duration } from './duration.ts'
import { Refusal, type Problem } from './errors.ts'
import type { Digest, Json } from './json.ts'

export const durations: readonly Duration[] = [
  '250ms',
  '1.5h',
  // @ts-expect-error: a duration has a unit
  '250',
  // @ts-expect-error: there are no weeks
  '1w',
  // @ts-expect-error: a number says nothing about its unit
  250,
]

// @ts-expect-error: a digest says how it was made
export const digest: Digest = '4be1c0ffee12'

// @ts-expect-error: JSON has no undefined
export const json: Json = { sku: undefined }

// @ts-expect-error: a problem has a message
export const problem: Problem = { fix: 'write a sku' }

class ShopRefusal extends Refusal<'SOLD_OUT' | 'CLOSED'> {}

// @ts-expect-error: the union of codes is closed
export const refusal = new ShopRefusal('HOLIDAY', 'the shop is closed')

// @ts-expect-error: facts of an error do not change
refusal.retryable = true
