import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { canonicalJson } from '@plimsoll/base'
import * as z from 'zod'
import { confidential, personal, secret } from './classification.ts'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { isOpen } from './json-schema.ts'
import type { Schema } from './schema.ts'
import { describeUses, external, use } from './uses.ts'

const card = z.object({ number: secret(z.string().max(19)), owner: personal(z.string().max(80)) })
const pay = {
  input: z.object({ card, cents: z.int().default(0) }),
  output: z.object({ receipt: confidential(z.string()) }),
  errors: {
    DECLINED: { status: 402, data: z.object({ email: personal(z.email()) }) },
    CLOSED: { status: 503 },
  },
  access: 'services',
  deadline: '1.5s',
} as const
const list = {
  input: z.object({}),
  output: z.object({}),
  access: 'public',
  deadline: '100ms',
  http: 'GET /payments',
} as const

suite('a described contract', () => {
  test('is the same whatever the order in which it was written', () => {
    const one = defineContract({ name: 'payments', version: '1.0.0', operations: { pay, list } })
    const { errors, input, ...rest } = pay
    const turned = { ...rest, input, errors: { CLOSED: errors.CLOSED, DECLINED: errors.DECLINED } }
    const other = defineContract({ operations: { list, pay: turned }, version: '1.0.0', name: 'payments' })
    assert.equal(JSON.stringify(describeContract(one)), JSON.stringify(describeContract(other)))
    assert.equal(
      canonicalJson(describeContract(one)),
      canonicalJson(JSON.parse(JSON.stringify(describeContract(one)))),
    )
  })

  test('says what callers send, what they get, and which data that is', () => {
    const { operations } = describeContract(
      defineContract({ name: 'payments', version: '1.0.0', operations: { pay } }),
    )
    const { http, deadlineMs, idempotent, dataIn, dataOut, input, errors } =
      operations['pay'] ?? assert.fail()
    assert.deepEqual(
      [http, deadlineMs, idempotent],
      [{ method: 'POST', path: '/payments/pay' }, 1_500, false],
    )
    assert.deepEqual(
      [dataIn, dataOut],
      [
        ['personal', 'secret'],
        ['confidential', 'personal'],
      ],
    )
    assert.deepEqual((input as { required?: unknown }).required, ['card'])
    assert.deepEqual(Object.keys(errors), ['CLOSED', 'DECLINED'])
    assert.ok(!JSON.stringify(operations).includes('$schema'))
  })

  test('has the calls of its service as data', () => {
    const payments = defineContract({ name: 'payments', version: '1.2.0', operations: { pay, list } })
    const described = describeUses({
      payments: [
        payments.operations.pay,
        use(payments.operations.list, { attempts: 2, timeout: '50ms', optional: true }),
      ],
      rates: external({ name: 'exchange-rates', timeout: '80ms', sends: ['public'] }),
    })
    const operation = { kind: 'operation', alias: 'payments', service: 'payments', contractVersion: '1.2.0' }
    assert.deepEqual(described, [
      { ...operation, operation: 'pay', attempts: 1, timeoutMs: 1_500, optional: false },
      { ...operation, operation: 'list', attempts: 2, timeoutMs: 50, optional: true },
      {
        kind: 'external',
        alias: 'rates',
        external: 'exchange-rates',
        timeoutMs: 80,
        attempts: 1,
        optional: false,
        sends: ['public'],
      },
    ])
  })
})

suite('data classes', () => {
  test('do not touch the schema that they stand on, and keep what it checks', () => {
    const plain = z.string().max(5)
    const marked = secret(plain)
    assert.equal(z.toJSONSchema(plain)['x-data-class'], undefined)
    assert.equal(z.toJSONSchema(marked)['x-data-class'], 'secret')
    assert.ok(!marked.safeParse('too long').success)
  })

  test('ride on schemas of a library without annotations', () => {
    const standard: Schema<string> = {
      '~standard': {
        version: 1,
        vendor: 'shop',
        validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] }),
        jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'string', maxLength: 5 }) },
      },
    }
    const marked = personal(standard)
    const { validate, jsonSchema } = marked['~standard']
    const options = { target: 'draft-2020-12' } as const
    assert.deepEqual(jsonSchema.input(options), { type: 'string', 'x-data-class': 'personal' })
    assert.deepEqual(jsonSchema.output(options), { type: 'string', maxLength: 5, 'x-data-class': 'personal' })
    assert.deepEqual(validate('ada'), { value: 'ada' })
    assert.deepEqual(standard['~standard'].jsonSchema.input(options), { type: 'string' })
  })
})

suite('what a schema leaves open', () => {
  const open = (schema: z.ZodType) => isOpen(z.toJSONSchema(schema))

  test('is any JSON, and text under names that nobody listed', () => {
    assert.ok(open(z.unknown()))
    assert.ok(open(z.any()))
    assert.ok(open(z.json()))
    assert.ok(open(z.object({ items: z.array(z.unknown()) })))
    assert.ok(open(z.looseObject({ sku: z.string() })))
    assert.ok(open(z.record(z.string(), z.string())))
    assert.ok(open(z.record(z.string(), z.union([z.int(), z.string()]))))
    assert.ok(open(z.record(z.string(), z.string().nullable())))
    assert.ok(open(z.record(z.string(), z.array(z.string().nullable()))))
    assert.ok(open(z.record(z.string(), z.intersection(z.string(), z.string().max(5)))))
    assert.ok(open(z.union([z.object({ total: z.int() }), z.record(z.string(), z.string())])))
    assert.ok(open(z.object({ inner: z.object({ deeper: z.array(z.record(z.string(), z.string())) }) })))
  })

  test('is nothing where everything has a name, or can hold no text', () => {
    assert.ok(!open(z.object({ sku: z.string(), tags: z.array(z.string()) })))
    assert.ok(!open(z.strictObject({ sku: z.string() })))
    assert.ok(!open(z.record(z.string(), z.int())))
    assert.ok(!open(z.record(z.string(), z.enum(['small', 'large']))))
    assert.ok(!open(z.record(z.string(), z.union([z.int(), z.literal('none')]))))
    assert.ok(!open(z.tuple([z.string(), z.int()])))
  })

  test('is found in every keyword that joins schemas, and in circles', () => {
    const text = { type: 'string' }
    for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
      assert.ok(
        isOpen({ type: 'object', additionalProperties: { [keyword]: [{ type: 'integer' }, text] } }),
        keyword,
      )
      assert.ok(isOpen({ [keyword]: [{ type: 'integer' }, true] }), keyword)
      assert.ok(
        !isOpen({
          type: 'object',
          additionalProperties: { [keyword]: [{ type: 'integer' }, { const: 'a', type: 'string' }] },
        }),
        keyword,
      )
    }
    assert.ok(
      isOpen({
        type: 'object',
        additionalProperties: { $ref: '#/$defs/note' },
        $defs: { note: { anyOf: [text] } },
      }),
    )
    const circle = { anyOf: [{ $ref: '#/$defs/circle' }, { type: 'integer' }] }
    assert.ok(!isOpen({ type: 'object', additionalProperties: circle, $defs: { circle } }))
    assert.ok(isOpen({ type: 'object', patternProperties: { '^x-': text } }))
    assert.ok(isOpen({}))
    assert.ok(isOpen(true))
    assert.ok(!isOpen(false))
  })
})
