import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import * as z from 'zod'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import type { Schema } from './schema.ts'
import { headOf } from './body.ts'

/** The same order in three schema libraries. */
const orders: Readonly<Record<string, { readonly input: Schema; readonly output: Schema }>> = {
  'Zod 4': {
    input: z.object({ sku: z.string().max(40), note: z.string().optional(), tags: z.array(z.string()) }),
    output: z.object({ number: z.int(), labels: z.record(z.string(), z.string()) }),
  },
  Valibot: {
    input: toStandardJsonSchema(
      v.object({
        sku: v.pipe(v.string(), v.maxLength(40)),
        note: v.optional(v.string()),
        tags: v.array(v.string()),
      }),
    ),
    output: toStandardJsonSchema(
      v.object({ number: v.pipe(v.number(), v.integer()), labels: v.record(v.string(), v.string()) }),
    ),
  },
  ArkType: {
    input: type({ sku: 'string <= 40', 'note?': 'string', tags: 'string[]' }),
    output: type({ number: 'number.integer', labels: 'Record<string, string>' }),
  },
}

for (const [library, { input, output }] of Object.entries(orders))
  suite(library, () => {
    const contract = defineContract({
      name: 'orders',
      version: '1.0.0',
      bounds: { text: 100, list: 3, members: 2 },
      operations: { place: { input, output, access: 'services', deadline: '1s' } },
    })
    const { declaration } = contract.operations.place
    const check = async (schema: Schema, value: unknown) => schema['~standard'].validate(value)
    const issuesOf = async (schema: Schema, value: unknown) =>
      (await check(schema, value)).issues?.length ?? 0

    test('gives a JSON Schema in which everything has a maximum', () => {
      const { place } = describeContract(contract).operations
      assert.ok(place !== undefined)
      const { properties } = place.input as {
        properties: Record<string, { maxLength?: number; maxItems?: number; items?: { maxLength: number } }>
      }
      assert.equal(properties['sku']?.maxLength, 40)
      assert.equal(properties['note']?.maxLength, 100)
      assert.equal(properties['tags']?.maxItems, 3)
      assert.equal(properties['tags']?.items?.maxLength, 100)
      const { properties: returned } = place.output as {
        properties: Record<string, Record<string, unknown>>
      }
      assert.equal(returned['labels']?.['maxProperties'], 2)
    })

    test('is held to every maximum, its own and the contract’s', async () => {
      const schema = headOf(declaration.input)
      const good = { sku: 'A1', note: 'n'.repeat(100), tags: ['a', 'b', 'c'] }
      assert.equal(await issuesOf(schema, good), 0)
      assert.equal(await issuesOf(schema, { ...good, sku: 'A'.repeat(41) }), 1)
      assert.equal(await issuesOf(schema, { ...good, note: 'n'.repeat(101) }), 1)
      assert.equal(await issuesOf(schema, { ...good, tags: ['a', 'b', 'c', 'd'] }), 1)
      assert.equal(await issuesOf(schema, { ...good, tags: ['a'.repeat(101)] }), 1)
      // As JSON Schema counts: one character, two UTF-16 units.
      assert.equal(await issuesOf(schema, { ...good, note: '😀'.repeat(100) }), 0)
      assert.equal(await issuesOf(schema, { ...good, note: '😀'.repeat(101) }), 1)
      const returned = headOf(declaration.output)
      assert.equal(await issuesOf(returned, { number: 1, labels: { a: 'b', c: 'd' } }), 0)
      assert.equal(await issuesOf(returned, { number: 1, labels: { a: '1', b: '2', c: '3' } }), 1)
    })

    test('lets nothing through that it does not name', async () => {
      const result = await check(headOf(declaration.output), { number: 1, labels: {}, password: 'hunter2' })
      assert.deepEqual(result, { value: { number: 1, labels: {} } })
    })
  })
