import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationDocument, ServiceManifest, UseDocument } from '@plimsoll/contract'
import type { Release } from '@plimsoll/release'
import { reachOf } from './reach.ts'

type Access = OperationDocument['access']

function release(
  name: string,
  operations: Readonly<Record<string, { access: Access; scopes?: readonly string[] }>>,
  calls: Readonly<Record<string, readonly string[]>> = {},
  uses = [...new Set(Object.values(calls).flat())],
): readonly [string, Release] {
  const manifest = {
    contract: {
      operations: Object.fromEntries(
        Object.entries(operations).map(([id, one]) => [id, { scopes: [], ...one }]),
      ),
    },
    uses: uses.map((id): Partial<UseDocument> => {
      const [service = '', operation] = id.split('.')
      return operation === undefined
        ? { kind: 'external', external: service }
        : { kind: 'operation', service, operation }
    }),
    calls,
  } as unknown as ServiceManifest
  return [name, { manifest } as Release]
}

const shop = new Map([
  release(
    'pricing',
    {
      quote: { access: 'consumers', scopes: ['quotes'] },
      list: { access: 'public' },
      cost: { access: 'services' },
    },
    { quote: ['catalog.lookup', 'tax'], list: [] },
    ['catalog.lookup', 'stock.count', 'tax'],
  ),
  release(
    'catalog',
    {
      lookup: { access: 'services', scopes: ['catalog:read'] },
      purge: { access: 'services', scopes: ['catalog:write'] },
    },
    { lookup: ['stock.count'], purge: ['audit.write'] },
  ),
  release('stock', { count: { access: 'services' } }, { count: ['pricing.cost'] }),
  release('audit', { write: { access: 'services' } }),
])

test('an operation reaches what its handler calls, and theirs; not what else they could do', () => {
  assert.deepEqual(reachOf(shop)['pricing.quote'], {
    audience: ['catalog', 'pricing', 'stock'],
    scopes: ['catalog:read', 'quotes'],
  })
})

test('an operation that calls nobody reaches itself; one in which nobody has looked, all that is declared', () => {
  assert.deepEqual(reachOf(shop)['pricing.list'], { audience: ['pricing'], scopes: [] })
  const unread = new Map([
    ...shop,
    release('pricing', { quote: { access: 'public' } }, {}, ['stock.count', 'tax']),
  ])
  assert.deepEqual(reachOf(unread)['pricing.quote'], { audience: ['pricing', 'stock'], scopes: [] })
})

test('only what is open to the outside begins a way', () => {
  assert.deepEqual(Object.keys(reachOf(shop)).toSorted(), ['pricing.list', 'pricing.quote'])
})
