import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput, parseJson, type Json } from '@plimsoll/base'
import * as fc from 'fast-check'
import * as z from 'zod'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { decodeInput } from './input.ts'
import { compileSchema } from './validate.ts'

const size = z.enum(['small', 'large'])
const { operations } = describeContract(
  defineContract({
    name: 'pricing',
    version: '1.0.0',
    operations: {
      quote: {
        http: 'GET /quotes/{sku}',
        input: z.object({
          sku: z.string().max(20),
          quantity: z.int().default(1),
          weight: z.number().optional(),
          gift: z.boolean().optional(),
          size: size.optional(),
          level: z.literal([1, 2]).optional(),
          tags: z.array(z.string()).optional(),
          counts: z.array(z.int()).optional(),
        }),
        output: z.object({}),
        access: 'public',
        deadline: '1s',
      },
      order: {
        http: 'PUT /orders/{number}',
        input: z.object({ number: z.int(), note: z.string().optional() }),
        output: z.object({}),
        access: 'public',
        deadline: '1s',
      },
    },
  }),
)
const quote = operations['quote'] ?? assert.fail()
const order = operations['order'] ?? assert.fail()

const ask = (query: string, sku = 'A1') =>
  decodeInput(quote, { pathParameters: { sku }, query: new URLSearchParams(query), body: undefined })
const put = (body: Json | undefined, number = '7', query = '') =>
  decodeInput(order, { pathParameters: { number }, query: new URLSearchParams(query), body })

function refused(work: () => unknown, ...fields: readonly (string | undefined)[]): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof InvalidInput && error.code === 'INPUT')
    assert.deepEqual(
      error.problems.map(({ place }) => place?.field),
      fields,
    )
    return error.problems.every(({ fix }) => fix !== undefined)
  })
}

suite('an input from a path and a query', () => {
  test('has the types that the contract says', () => {
    assert.deepEqual(ask('quantity=12&weight=-1.5e2&gift=true&size=small&level=2&tags=a&tags=b&counts=3'), {
      sku: 'A1',
      quantity: 12,
      weight: -150,
      gift: true,
      size: 'small',
      level: 2,
      tags: ['a', 'b'],
      counts: [3],
    })
    assert.deepEqual(ask('', '12'), { sku: '12' })
    assert.deepEqual(ask('tags=a,b&size=true'), { sku: 'A1', tags: ['a,b'], size: 'true' })
  })

  test('refuses a parameter that stands twice: two programs could take another one each', () => {
    refused(() => ask('quantity=1&quantity=1'), 'quantity')
    refused(() => ask('quantity=1&%71uantity=2'), 'quantity')
    refused(() => ask('sku=B2'), 'sku')
  })

  test('refuses what is not declared, also where every object has it', () => {
    for (const name of [
      'currency',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'Quantity',
      'quantity[]',
      'quantity[0]',
      'tags.0',
      ' quantity',
    ]) {
      refused(() => ask(`${encodeURIComponent(name)}=1`), name)
    }
    assert.ok(!('polluted' in {}))
  })

  test('refuses near-numbers and near-booleans', () => {
    const numbers = [
      '',
      ' 1',
      '1 ',
      '+1',
      '01',
      '1.0',
      '1e3',
      '0x10',
      '1_000',
      '１',
      'NaN',
      'Infinity',
      '9007199254740993',
      '1'.repeat(20),
      'null',
      'true',
      '1,5',
      '1\u0000',
    ]
    for (const text of numbers) refused(() => ask(`quantity=${encodeURIComponent(text)}`), 'quantity')
    for (const text of ['', '1e999', '.5', '1.', '--1', '0x1', 'Infinity', '1e'])
      refused(() => ask(`weight=${encodeURIComponent(text)}`), 'weight')
    for (const text of ['', '1', '0', 'True', 'yes', 'on', 'false '])
      refused(() => ask(`gift=${encodeURIComponent(text)}`), 'gift')
    refused(() => ask('counts=1&counts=x&counts=3'), 'counts')
  })

  test('tells every problem at once, and no value', () => {
    assert.throws(
      () => ask('quantity=4111111111111111111&gift=4111&card=4111'),
      (error: InvalidInput) =>
        error.problems.length === 3 && !JSON.stringify(error.problems).includes('4111'),
    )
  })
})

suite('an input from a body', () => {
  test('has the path’s parameters, and the rest from the body', () => {
    assert.deepEqual(put({ note: 'soon' }), { number: 7, note: 'soon' })
    assert.deepEqual(put(undefined), { number: 7 })
    assert.deepEqual(put({ other: [1] }), { number: 7, other: [1] })
  })

  test('says nothing twice, and takes nothing from the query', () => {
    refused(() => put({ number: 8 }), 'number')
    refused(() => put({}, '7', 'note=x'), 'note')
    refused(() => put({}, 'seven'), 'number')
  })

  test('is an object', () => {
    for (const body of [null, [], 'note', 5, true]) refused(() => put(body), undefined)
  })

  test('has no prototype of its own choice', () => {
    const input = put(parseJson('{"constructor":{"prototype":{"polluted":true}}}')) as object
    assert.equal(Object.getPrototypeOf(input), Object.prototype)
    assert.ok(!('polluted' in {}))
  })
})

test('whatever the query, there is an input of declared members or an error of the caller', () => {
  const name = fc.oneof(fc.constantFrom('quantity', 'gift', 'tags', '__proto__', 'size'), fc.string())
  const value = fc.oneof(fc.constantFrom('1', 'true', '-0', '1e3'), fc.string())
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      try {
        const input = decodeInput(quote, {
          pathParameters: { sku: 'A1' },
          query: new URLSearchParams(pairs.map(([key, text]) => [key, text])),
          body: undefined,
        })
        assert.ok(
          Object.keys(input as object).every(
            (key) => key in (quote.input as { properties: object }).properties,
          ),
        )
      } catch (error) {
        assert.ok(error instanceof InvalidInput)
      }
    }),
    { numRuns: 1_000 },
  )
})

suite('a check of a schema', () => {
  const check = compileSchema(quote.input)

  test('names the field and never the value', () => {
    const [problem] = check({ sku: '4111111111111111 4111111111111111' })
    assert.deepEqual([problem?.place, problem?.message.includes('4111')], [{ field: 'sku' }, false])
    assert.deepEqual(
      check({}).map(({ message, place }) => [message, place?.field]),
      [['is missing', 'sku']],
    )
    assert.deepEqual(
      check({ sku: 'A1', counts: [1, 'x'] }).map(({ place }) => place?.field),
      ['counts.1'],
    )
    assert.deepEqual(check({ sku: 'A1', quantity: 2 }), [])
  })

  test('is not satisfied by what every object inherits', () => {
    const inherited = compileSchema({ type: 'object', required: ['constructor'], properties: {} })
    assert.equal(inherited({}).length, 1)
    const closed = compileSchema({ type: 'object', properties: {}, additionalProperties: false })
    assert.deepEqual(
      closed(JSON.parse('{"__proto__":1}')).map(({ message }) => message),
      ['is not declared'],
    )
  })

  test('stops at the first problem, so that a hostile value costs no more than a good one', () => {
    const many = Array.from({ length: 10_000 }, () => 'x')
    assert.equal(check({ sku: 'A1', counts: many }).length, 1)
  })
})
