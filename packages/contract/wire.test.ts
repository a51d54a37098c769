import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import * as z from 'zod'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import type { Schema } from './schema.ts'
import { readsIntoProgramTypes, wireSchemaOf } from './wire-schema.ts'
import { wireValue } from './wire-value.ts'

const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const bytes = z.codec(z.base64(), z.instanceof(Uint8Array), {
  decode: (text) => Uint8Array.fromBase64(text),
  encode: (data) => data.toBase64(),
})
const integer = z.codec(z.string().regex(/^-?(?:0|[1-9]\d*)$/), z.bigint(), {
  decode: BigInt,
  encode: String,
})
const payment = z.object({ at: instant, proof: bytes, cents: integer })

suite('what JSON has not', () => {
  test('travels as text, and comes back the same, whatever the value', () => {
    const values = fc.record({
      at: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      proof: fc.uint8Array(),
      cents: fc.bigInt(),
    })
    fc.assert(
      fc.property(values, (value) => {
        const sent: unknown = JSON.parse(JSON.stringify(wireValue(value)))
        const { at, proof, cents } = payment.parse(sent)
        assert.equal(at.getTime(), value.at.getTime())
        assert.deepEqual(new Uint8Array(proof), new Uint8Array(value.proof))
        assert.equal(cents, value.cents)
      }),
    )
  })

  test('is described as the text that travels, on both sides', () => {
    for (const side of ['input', 'output'] as const) {
      const { properties } = wireSchemaOf(payment, side) as { properties: Record<string, { type: string }> }
      assert.deepEqual(
        Object.values(properties).map((property) => property.type),
        ['string', 'string', 'string'],
      )
    }
  })

  test('leaves everything else as it is, the same object', () => {
    const plain = { list: [1, 'a', null, { deep: true }], number: 1.5 }
    assert.equal(wireValue(plain), plain)
    assert.deepEqual(wireValue({ list: [1n, new Date(0)] }), { list: ['1', '1970-01-01T00:00:00.000Z'] })
    const invalid = new Date(Number.NaN)
    assert.equal(wireValue(invalid), invalid)
    assert.deepEqual(Object.keys(wireValue(JSON.parse('{"__proto__":1}')) as object), ['__proto__'])
  })
})

test('a schema that reads texts into dates is found in every library', () => {
  const readers: readonly Schema[] = [
    z.object({ at: instant }),
    z.array(integer),
    toStandardJsonSchema(
      v.object({
        at: v.pipe(
          v.string(),
          v.isoTimestamp(),
          v.transform((text) => new Date(text)),
          v.date(),
        ),
      }),
    ),
    type({ at: 'string.date.iso.parse' }),
  ]
  const plain: readonly Schema[] = [
    z.object({ at: z.iso.datetime(), anything: z.unknown() }),
    toStandardJsonSchema(v.object({ at: v.pipe(v.string(), v.isoTimestamp()) })),
    type({ at: 'string.date.iso', 'anything?': 'unknown' }),
    // No way back from a length to its text.
    z.object({ length: z.string().transform((text) => text.length) }),
  ]
  assert.deepEqual(readers.map(readsIntoProgramTypes), [true, true, true, true])
  assert.deepEqual(plain.map(readsIntoProgramTypes), [false, false, false, false])
})

test('a contract may give dates; it may not give what has no way back', () => {
  const contract = (output: Schema) =>
    defineContract({
      name: 'payments',
      version: '1.0.0',
      operations: { find: { input: z.object({}), output, access: 'services', deadline: '1s' } },
    })
  const { find } = describeContract(contract(payment)).operations
  assert.equal(find?.openOutput, false)
  assert.throws(() => contract(z.object({ length: z.string().transform((text) => text.length) })), {
    code: 'CONTRACT',
  })
})
