import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Access, ContractDocument } from '@plimsoll/contract'
import { checkRoutes } from './addresses.ts'

function contractWith(name: string, addresses: Readonly<Record<string, string>>, access: Access = 'public') {
  const operations = Object.entries(addresses).map(([operation, address]) => {
    const [method, path] = address.split(' ')
    return [
      operation,
      {
        http: { method, path },
        input: { type: 'object' },
        output: {},
        errors: {},
        access,
        scopes: [],
        deadlineMs: 250,
        idempotent: true,
        dataIn: [],
        dataOut: [],
        openOutput: false,
      },
    ] as const
  })
  return {
    format: 'plimsoll/contract/1',
    name,
    version: '1.0.0',
    operations: Object.fromEntries(operations),
  } as ContractDocument
}

test('contracts with addresses of their own can be served together', () => {
  const pricing = contractWith('pricing', { quote: 'GET /quotes/{sku}', requote: 'POST /quotes/{sku}' })
  const catalog = contractWith('catalog', { lookup: 'GET /products/{sku}' })
  assert.deepEqual(checkRoutes([pricing, catalog]), [])
})

test('two operations with one address are a problem, whatever their parameters are called', () => {
  const pricing = contractWith('pricing', { quote: 'GET /quotes/{sku}' })
  const offers = contractWith('offers', { quote: 'GET /quotes/{id}' })
  const [problem, ...others] = checkRoutes([pricing, offers])
  assert.deepEqual(others, [])
  assert.match(problem?.message ?? '', /offers\.quote and pricing\.quote have the same address/)
  assert.equal(problem?.place?.field, 'operations.offers.quote.http')
  assert.ok(problem?.fix)
})

test('an operation that is for services alone has no address here, so it is in nobody’s way', () => {
  const pricing = contractWith('pricing', { quote: 'GET /quotes/{sku}' })
  const internal = contractWith('costs', { cost: 'GET /quotes/{sku}', health: 'GET /healthz' }, 'services')
  assert.deepEqual(checkRoutes([pricing, internal]), [])
})

test('the addresses of the gateway itself cannot be taken', () => {
  const pricing = contractWith('pricing', { health: 'GET /healthz', document: 'POST /openapi.json' })
  assert.deepEqual(
    checkRoutes([pricing]).map(({ place }) => place?.field),
    ['operations.pricing.health.http', 'operations.pricing.document.http'],
  )
})

test('one contract twice is a problem', () => {
  const pricing = contractWith('pricing', {})
  assert.match(checkRoutes([pricing, pricing])[0]?.message ?? '', /twice/)
})
