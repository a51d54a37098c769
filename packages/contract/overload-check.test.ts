import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import * as z from 'zod'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { use } from './uses.ts'

const place = {
  input: z.object({ orderId: z.uuid(), quantity: z.int(), note: z.string().optional() }),
  output: z.object({}),
  access: 'services',
  deadline: '1s',
} as const

function fieldsOf(operation: object): readonly (string | undefined)[] {
  const operations = { place: { ...place, ...operation } }
  try {
    defineContract({ name: 'orders', version: '1.0.0', operations })
  } catch (thrown) {
    assert.ok(thrown instanceof InvalidInput)
    return thrown.problems.map(({ place: where }) => where?.field)
  }
  return []
}

test('a priority is one of three words', () => {
  for (const priority of ['critical', 'normal', 'background', undefined])
    assert.deepEqual(fieldsOf({ priority }), [])
  for (const priority of ['high', 1, null, '']) {
    assert.deepEqual(fieldsOf({ priority }), ['operations.place.priority'], String(priority))
  }
})

test('an idempotency key is a text that every call has, and contradicts nothing', () => {
  assert.deepEqual(fieldsOf({ idempotencyKey: 'orderId' }), [])
  for (const idempotencyKey of ['quantity', 'note', 'missing', '__proto__', 7, ''])
    assert.deepEqual(
      fieldsOf({ idempotencyKey }),
      ['operations.place.idempotencyKey'],
      String(idempotencyKey),
    )
  const both = fieldsOf({ idempotencyKey: 'orderId', idempotent: false })
  assert.deepEqual(both, ['operations.place.idempotencyKey'])
})

test('calls with a key may be repeated, others may not; the document says both', () => {
  const define = (more: object) =>
    defineContract({ name: 'orders', version: '1.0.0', operations: { place: { ...place, ...more } } })
  assert.throws(() => use(define({}).operations.place, { attempts: 2 }), { code: 'USE' })
  const keyed = define({ idempotencyKey: 'orderId', priority: 'critical' })
  assert.equal(use(keyed.operations.place, { attempts: 2 }).options.attempts, 2)
  const described = describeContract(keyed).operations['place']
  assert.deepEqual(
    [described?.idempotencyKey, described?.priority, described?.idempotent],
    ['orderId', 'critical', true],
  )
  assert.equal(describeContract(define({})).operations['place']?.priority, undefined)
})
