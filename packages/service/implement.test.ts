import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import type { Uses } from '@plimsoll/contract'
import { implement } from './implement.ts'
import { reservedAliases } from './service.ts'
import { catalog, pricing } from './testing/shop.ts'

const operations = {
  quote: ({ sku }: { sku: string }) => ({ sku, total: 1 }),
  refresh: () => ({ refreshed: 1 }),
}

/** The fields that implement objects to, and each with what to do. */
function objections(implementation: object): string[] {
  try {
    const untyped = implement as (contract: unknown, implementation: object) => unknown
    untyped(pricing, implementation)
  } catch (thrown) {
    assert.ok(thrown instanceof InvalidInput)
    assert.equal(thrown.code, 'IMPLEMENTATION')
    for (const { fix } of thrown.problems) assert.ok(fix)
    return thrown.problems.map(({ place }) => place?.field ?? '')
  }
  return []
}

const withUses = (uses: Uses) => objections({ operations, uses })

test('a service holds its contract, its handlers and all that it may call', () => {
  const uses = { catalog: [catalog.operations.lookup] } as const
  const service = implement(pricing, { uses, operations })
  assert.equal(service.kind, 'service')
  assert.equal(service.contract, pricing)
  assert.deepEqual(service.uses, uses)
  assert.ok(Object.isFrozen(service))
})

test('without uses a service may call nothing', () => {
  assert.deepEqual(implement(pricing, { operations }).uses, {})
})

for (const alias of reservedAliases)
  test(`${alias} is the context's own name and no alias`, () => {
    assert.deepEqual(withUses({ [alias]: [catalog.operations.lookup] }), [`uses.${alias}`])
  })

for (const alias of ['', 'my-catalog', '1st', 'a b', 'constructor'])
  test(`${JSON.stringify(alias)} is no alias`, () => {
    assert.deepEqual(withUses({ [alias]: [catalog.operations.lookup] }), [`uses.${alias}`])
  })

test('an alias lists at least one operation, each once, all of one contract', () => {
  assert.deepEqual(withUses({ catalog: [] }), ['uses.catalog'])
  const { lookup } = catalog.operations
  assert.deepEqual(withUses({ catalog: [lookup, lookup] }), ['uses.catalog.1'])
  assert.deepEqual(withUses({ catalog: [lookup, pricing.operations.refresh] }), ['uses.catalog.1'])
})

test('every operation has a handler, and nothing else has', () => {
  assert.deepEqual(objections({ operations: { quote: operations.quote } }), ['operations.refresh'])
  assert.deepEqual(objections({ operations: { ...operations, discount: () => 1 } }), ['operations.discount'])
  assert.deepEqual(objections({ operations: { ...operations, quote: 'soon' } }), ['operations.quote'])
  assert.deepEqual(objections({}), ['operations.quote', 'operations.refresh'])
})

test('hooks are functions', () => {
  assert.deepEqual(objections({ operations, start: 'now' }), ['start'])
})

test('all problems are told at once', () => {
  assert.deepEqual(objections({ uses: { signal: [] }, operations: {} }), [
    'uses.signal',
    'uses.signal',
    'operations.quote',
    'operations.refresh',
  ])
})
