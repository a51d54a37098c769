import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import * as fc from 'fast-check'
import type { HttpMethod } from './contract.ts'
import { parsePath, pathParameters, pathShape } from './path.ts'
import { createRouter, type RouterEntry } from './router.ts'

const entry = (address: string): RouterEntry<string> => {
  const [method, path] = address.split(' ') as [HttpMethod, string]
  return { method, path, target: address }
}
const shop = createRouter(
  [
    'GET /',
    'GET /orders',
    'POST /orders',
    'GET /orders/{id}',
    'DELETE /orders/{id}',
    'GET /orders/open',
    'GET /orders/{id}/items/{item}',
    'GET /{area}/open/items/{item}',
    'GET /caf%C3%A9/{table}',
  ].map(entry),
)
const targetOf = (method: string, path: string) => {
  const match = shop.match(method, path)
  return match.kind === 'found' ? match.target : match.kind
}

suite('a router', () => {
  test('finds an operation by method and path, the most literal first', () => {
    assert.equal(targetOf('GET', '/'), 'GET /')
    assert.equal(targetOf('GET', '/orders'), 'GET /orders')
    assert.equal(targetOf('GET', '/orders/open'), 'GET /orders/open')
    assert.equal(targetOf('GET', '/orders/7'), 'GET /orders/{id}')
    assert.equal(targetOf('DELETE', '/orders/open'), 'DELETE /orders/{id}')
    assert.equal(targetOf('GET', '/orders/open/items/2'), 'GET /orders/{id}/items/{item}')
    assert.equal(targetOf('GET', '/carts/open/items/2'), 'GET /{area}/open/items/{item}')
    assert.equal(targetOf('GET', '/café/4'), 'GET /caf%C3%A9/{table}')
  })

  test('decodes a parameter once', () => {
    const valueOf = (path: string) => {
      const match = shop.match('GET', path)
      return match.kind === 'found' ? match.pathParameters['id'] : match.kind
    }
    assert.equal(valueOf('/orders/a%20b'), 'a b')
    assert.equal(valueOf('/orders/a+b'), 'a+b')
    assert.equal(valueOf('/orders/%252F'), '%2F')
    assert.equal(valueOf('/orders/%252e%252e'), '%2e%2e')
    assert.equal(valueOf('/orders/__proto__'), '__proto__')
    assert.equal(valueOf('/orders/constructor'), 'constructor')
  })

  test('says which methods an address has, and nothing about others', () => {
    assert.deepEqual(shop.match('PATCH', '/orders/open'), {
      kind: 'method-not-allowed',
      allowed: ['DELETE', 'GET'],
    })
    assert.deepEqual(shop.match('toString', '/orders'), {
      kind: 'method-not-allowed',
      allowed: ['GET', 'POST'],
    })
    assert.equal(targetOf('get', '/orders'), 'method-not-allowed')
    assert.equal(targetOf('GET', '/Orders'), 'not-found')
    assert.equal(targetOf('GET', '/orders/1/items'), 'not-found')
    assert.equal(targetOf('GET', '/constructor'), 'not-found')
  })

  test('refuses paths that the next program could read otherwise', () => {
    const twisted = [
      '',
      'orders',
      '*',
      '//orders',
      '/orders/',
      '/orders//7',
      '/./orders',
      '/orders/..',
      '/orders/%2e%2e/7',
      '/orders/.%2E',
    ]
    const hidden = [
      '/orders/a%2Fb',
      '/orders/a%5cb',
      '/orders/a\\b',
      '/orders/%00',
      '/orders/%0d%0a',
      '/orders/%7f',
      '/orders/%',
      '/orders/%zz',
      '/orders/%c0%af',
      '/orders/%ff',
      'https://other/orders',
    ]
    for (const path of [...twisted, ...hidden]) assert.equal(targetOf('GET', path), 'malformed', path)
  })

  test('does not take two operations at one address, however it is written', () => {
    const clash = (...addresses: readonly string[]) =>
      assert.throws(
        () => createRouter(addresses.map(entry)),
        (error) => error instanceof InvalidInput && error.code === 'ROUTES' && error.fix !== undefined,
      )
    clash('GET /orders/{id}', 'GET /orders/{number}')
    clash('GET /orders', 'GET /orders')
    clash('GET /a-b', 'GET /a%2Db')
    for (const path of [
      'orders',
      '/orders/',
      '/a%2Fb',
      '/%FF',
      '/%2e',
      '/%2E%2E',
      '/{a}{b}',
      '/{}',
      '/a b',
      '/ä',
    ])
      clash(`GET ${path}`.replace(' b', '\u00a0b'))
  })
})

const literal = fc.constantFrom('orders', 'open', 'items', 'a-b', '%C3%A9', '7')
const template = fc
  .array(fc.oneof(literal, fc.constant('{}')), { maxLength: 5 })
  .map((parts) => `/${parts.map((part, at) => (part === '{}' ? `{p${at}}` : part)).join('/')}`)
const method = fc.constantFrom<HttpMethod>('GET', 'POST', 'DELETE')
const segment = fc.oneof(
  literal,
  fc.string({ minLength: 1, maxLength: 6 }).map((text) => encodeURIComponent(text.toWellFormed())),
)

/** The plain reading of what an address means, to compare with. */
function fits(path: string, request: readonly string[]): boolean {
  const segments = parsePath(path) ?? []
  return (
    segments.length === request.length &&
    segments.every((part, at) => 'parameter' in part || decodeURIComponent(part.literal) === request[at])
  )
}

suite('whatever the routes and paths', () => {
  const routes = fc.uniqueArray(fc.record({ method, path: template }), {
    maxLength: 20,
    selector: (route) => `${route.method} ${pathShape(route.path)}`,
  })

  test('a path leads to at most one operation, the same whatever the order of the routes', () => {
    fc.assert(
      fc.property(routes, method, fc.array(segment, { maxLength: 5 }), (drawn, verb, parts) => {
        const entries = drawn.map((route) => ({ ...route, target: `${route.method} ${route.path}` }))
        const path = `/${parts.join('/')}`
        const one = createRouter(entries).match(verb, path)
        assert.deepEqual(createRouter(entries.toReversed()).match(verb, path), one)
        if (one.kind === 'malformed') return
        const request = parts.map(decodeURIComponent)
        const fitting = entries.filter((route) => fits(route.path, request))
        if (one.kind === 'not-found') assert.deepEqual(fitting, [])
        if (one.kind === 'method-not-allowed')
          assert.ok(fitting.length > 0 && fitting.every((route) => route.method !== verb))
        if (one.kind === 'found') {
          const chosen = fitting.find((route) => route.target === one.target)
          assert.equal(chosen?.method, verb)
          assert.deepEqual(Object.keys(one.pathParameters), pathParameters(chosen?.path ?? ''))
          assert.ok(Object.values(one.pathParameters).every((value) => request.includes(value)))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('an address that an operation has leads to it', () => {
    fc.assert(
      fc.property(
        template,
        fc.array(fc.stringMatching(/^[a-z0-9 éß%?#&=+]{1,6}$/), { minLength: 5, maxLength: 5 }),
        (path, values) => {
          const router = createRouter([{ method: 'GET', path, target: 'it' }])
          const request = path.replaceAll(/\{p(\d)\}/g, (_, at: string) =>
            encodeURIComponent(values[Number(at)] ?? ''),
          )
          const match = router.match('GET', request)
          assert.equal(match.kind, 'found')
          if (match.kind === 'found') {
            for (const [name, value] of Object.entries(match.pathParameters))
              assert.equal(value, values[Number(name.slice(1))])
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('any text as a path gives an answer', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        assert.ok(
          ['found', 'method-not-allowed', 'not-found', 'malformed'].includes(shop.match('GET', path).kind),
        )
        assert.ok(typeof pathShape(path) === 'string')
      }),
      { numRuns: 2_000 },
    )
  })
})
