import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { classified, confidential, personal, secret } from './classification.ts'
import { classifiedNames, classifiedValues, isClassified } from './classified-values.ts'
import { wireSchemaOf } from './wire-schema.ts'

const textsOf = (schema: Parameters<typeof wireSchemaOf>[0], value: unknown) =>
  [...classifiedValues(wireSchemaOf(schema, 'input'), value).texts].toSorted()

test('what the schema classifies is found wherever it is, and nothing else', () => {
  const schema = z.object({
    sku: z.string(),
    shown: classified('internal', z.string()),
    customer: z.object({ name: personal(z.string()), age: personal(z.int()), note: z.string() }),
    keys: z.array(secret(z.string())),
    prices: z.record(z.string(), confidential(z.number())),
    card: classified('card', z.object({ number: z.string(), owner: z.object({ name: z.string() }) })),
    way: z.union([z.object({ mail: personal(z.string()) }), z.object({ phone: personal(z.string()) })]),
    pair: z.tuple([z.string(), secret(z.string())]),
  })
  const value = {
    sku: 'LT-1000',
    shown: 'green',
    customer: { name: 'Ada', age: 36, note: 'fragile' },
    keys: ['k1', 'k2'],
    prices: { low: 1.5 },
    card: { number: '4111', owner: { name: 'Grace' } },
    way: { phone: '+49 30 1' },
    pair: ['open', 'shut'],
  }
  assert.deepEqual(
    textsOf(schema, value),
    ['+49 30 1', '1.5', '36', '4111', 'Ada', 'Grace', 'k1', 'k2', 'shut'].toSorted(),
  )
})

test('references are followed, a recursive schema too', () => {
  const person: z.ZodType = z.object({
    name: personal(z.string()),
    get friends() {
      return z.array(person).optional()
    },
  })
  const schema = z.object({ who: person })
  assert.deepEqual(textsOf(schema, { who: { name: 'Ada', friends: [{ name: 'Grace' }] } }), ['Ada', 'Grace'])
  assert.deepEqual([...classifiedNames(wireSchemaOf(schema, 'input'))], ['name'])
})

test('a value too large to be looked through is said to be incomplete', () => {
  const schema = wireSchemaOf(z.array(personal(z.string())), 'input')
  assert.equal(classifiedValues(schema, ['a']).complete, true)
  assert.equal(classifiedValues(schema, Array.from({ length: 30_000 }, String)).complete, false)
})

test('a value that does not fit gives what does', () => {
  assert.deepEqual(textsOf(z.object({ name: personal(z.string()) }), { name: { first: 'Ada' } }), ['Ada'])
  assert.deepEqual(textsOf(z.object({ name: personal(z.string()) }), 'Ada'), [])
})

test('whether there is anything to look for is known beforehand', () => {
  assert.equal(isClassified(wireSchemaOf(z.object({ sku: z.string() }), 'input')), false)
  assert.equal(
    isClassified(wireSchemaOf(z.object({ sku: classified('public', z.string()) }), 'input')),
    false,
  )
  assert.equal(isClassified(wireSchemaOf(z.array(secret(z.string())), 'input')), true)
})
