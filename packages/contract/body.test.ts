import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import * as z from 'zod'
import { file, stream } from './body.ts'
import { personal } from './classification.ts'
import type { ContractDeclaration, OperationDeclaration } from './contract.ts'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { decodeInput } from './input.ts'

const item = z.object({ sku: z.string(), by: personal(z.string()) })
const common = { access: 'services', deadline: '1s' } as const

function contractOf(operation: Partial<OperationDeclaration>) {
  const operations = { move: { input: z.object({}), output: z.object({}), ...common, ...operation } }
  return defineContract({ name: 'stock', version: '1.0.0', operations })
}

function fieldsOf(operation: Partial<OperationDeclaration>): readonly (string | undefined)[] {
  try {
    contractOf(operation)
    return []
  } catch (thrown) {
    assert.ok(thrown instanceof InvalidInput, String(thrown))
    return thrown.problems.map(({ place }) => place?.field?.replace('operations.move.', ''))
  }
}

suite('a stream', () => {
  test('is described with its items, their sizes and its times', () => {
    const head = z.object({ room: z.string().max(20) })
    const contract = contractOf({
      http: 'POST /rooms/{room}',
      input: stream(item, { head, maxItemBytes: 1_000, idle: '5s', longest: '1h' }),
      output: stream(item),
    })
    const { move } = describeContract(contract).operations
    assert.equal(move?.inputBody?.kind, 'stream')
    const { item: described, ...rest } = move.inputBody
    assert.deepEqual(rest, { kind: 'stream', maxItemBytes: 1_000, idleMs: 5_000, longestMs: 3_600_000 })
    assert.deepEqual(Object.keys((described as { properties: object }).properties), ['sku', 'by'])
    assert.equal(
      (described as { properties: { sku: { maxLength: number } } }).properties.sku.maxLength,
      10_000,
    )
    assert.deepEqual(Object.keys((move.input as { properties: object }).properties), ['room'])
    assert.deepEqual([move.dataIn, move.dataOut, move.openOutput], [['personal'], ['personal'], false])
    assert.equal(move.outputBody?.longestMs, 300_000)
  })

  test('has its head in the path and the query, because the body is its items', () => {
    const head = z.object({ room: z.string(), from: z.int().optional() })
    const contract = contractOf({ http: 'POST /rooms/{room}', input: stream(item, { head }) })
    const { move } = describeContract(contract).operations
    assert.ok(move !== undefined)
    const parts = { pathParameters: { room: 'a' }, query: new URLSearchParams('from=3'), body: undefined }
    assert.deepEqual(decodeInput(move, parts), { room: 'a', from: 3 })
    const twice = { ...parts, query: new URLSearchParams('from=3&from=4') }
    assert.throws(() => decodeInput(move, twice), { code: 'INPUT' })
  })
})

suite('a file', () => {
  test('is described with its types and its largest size, and may hold anything', () => {
    const contract = contractOf({
      input: file({ types: ['image/png'], maxBytes: 1_000, dataClass: 'personal' }),
      output: file({ types: ['image/png', 'image/jpeg'], maxBytes: 2_000 }),
    })
    const { move } = describeContract(contract).operations
    assert.deepEqual(move?.inputBody, {
      kind: 'file',
      types: ['image/png'],
      maxBytes: 1_000,
      idleMs: 30_000,
      longestMs: 300_000,
    })
    assert.deepEqual([move.dataIn, move.dataOut, move.openOutput], [['personal'], [], true])
  })
})

test('everything that is wrong with a stream or a file is said by field', () => {
  const ways: readonly (readonly [Partial<OperationDeclaration>, readonly string[]])[] = [
    [{ input: stream(item, { maxItemBytes: 0 }) }, ['input.maxItemBytes']],
    [{ input: stream(item, { maxItemBytes: 2 ** 30 }) }, ['input.maxItemBytes']],
    [{ output: stream(item, { longest: '25h' }) }, ['output.longest']],
    [{ output: stream(item, { idle: '10m' }) }, ['output.idle']],
    [{ output: stream(item, { head: z.object({}) }) }, ['output.head']],
    [{ input: stream(item, { head: z.object({ items: z.string() }) }) }, ['input']],
    [{ input: file({ types: ['a/b'], maxBytes: 1, head: z.object({ file: z.string() }) }) }, ['input']],
    [{ input: stream(z.string().transform(Number) as never) }, []],
    [{ output: stream(z.string().transform(Number) as never) }, ['output.item']],
    [{ input: file({ types: [], maxBytes: 1 }) }, ['input.types']],
    [{ input: file({ types: ['*/*'], maxBytes: 1 }) }, ['input.types']],
    [{ input: file({ types: ['multipart/form-data'], maxBytes: 1 }) }, ['input.types']],
    [{ input: file({ types: ['text/html; charset=utf-8'], maxBytes: 1 }) }, ['input.types']],
    [{ input: file({ types: ['image/png'], maxBytes: 0 }) }, ['input.maxBytes']],
    [{ input: file({ types: ['image/png'], maxBytes: Infinity }) }, ['input.maxBytes']],
    [{ http: 'GET /stock', input: stream(item) }, ['http']],
    [{ http: 'POST /stock', input: stream(item, { head: z.object({ deep: z.object({}) }) }) }, ['http']],
  ]
  for (const [operation, fields] of ways)
    assert.deepEqual(fieldsOf(operation), fields, JSON.stringify(fields))
})

test('bounds of a contract are whole numbers that a message can keep', () => {
  const contract = (bounds: unknown) => () =>
    defineContract({
      name: 'stock',
      version: '1.0.0',
      bounds,
      operations: { move: { input: z.object({}), output: z.object({}), ...common } },
    } as ContractDeclaration)
  for (const bounds of [{ text: 0 }, { text: 1.5 }, { list: 2 ** 40 }, { words: 5 }, null, { text: '5' }])
    assert.throws(contract(bounds), { code: 'CONTRACT' }, JSON.stringify(bounds))
  assert.doesNotThrow(contract({ text: 5 }))
})
