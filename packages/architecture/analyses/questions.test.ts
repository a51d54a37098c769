import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphOf } from '../graph.ts'
import { connectionUses } from './connections.ts'
import { dataFlow } from './data-flow.ts'
import { chainDepths, fanOuts } from './depth.ts'
import { dependentChecks } from './health.ts'
import { clientReach, gainedReach } from './reach.ts'
import { reachMatrix } from './reach-matrix.ts'
import { unsafeRetries } from './retries.ts'
import { cohesions, deploymentOrder, hubs, ownershipCrossings } from './shape.ts'
import { sketch, type Sketch } from '../testing/sketch.ts'
import { chainTimes } from './time.ts'

const shop: Sketch = {
  components: {
    anyone: { kind: 'client' },
    storefront: { kind: 'client', scopes: ['orders:write'] },
    gateway: { kind: 'gateway', published: [{ port: '443' }] },
    checkout: { owner: 'sales', replicas: 3, pool: 10 },
    payments: { owner: 'finance', replicas: 2, pool: 30 },
    orders: { kind: 'store', owner: 'sales', connectionLimit: 80, holds: ['personal'] },
    card: { kind: 'external' },
    log: { kind: 'monitoring' },
  },
  operations: {
    'checkout.place': { access: 'consumers', scopes: ['orders:write'], deadlineMs: 1000, openOutput: true },
    'checkout.view': { access: 'public', dataOut: ['public'] },
    'payments.charge': {
      scopes: ['payments:charge'],
      dataOut: ['secret'],
      deadlineMs: 900,
      idempotent: false,
    },
  },
  calls: {
    'anyone -> checkout.view': { authentication: 'none', through: 'gateway' },
    'storefront -> checkout.place': { authentication: 'api-key', through: 'gateway' },
    'checkout.place -> payments.charge': {
      authentication: 'mutual-tls',
      attempts: 2,
      backoff: true,
      carries: 'caller',
    },
    'checkout -> orders': {},
    'payments -> orders': {},
    'payments.charge -> card': { timeoutMs: 800, sends: ['secret'] },
    'payments -> log': {},
  },
}

test('a client reaches what its entries call, and gains what it has no scope for', () => {
  const graph = graphOf(sketch(shop))
  const reached = clientReach(graph).map(({ client, operation }) => `${client.id} ${operation.id}`)
  assert.deepEqual(reached, [
    'anyone checkout.view',
    'storefront checkout.place',
    'storefront payments.charge',
  ])
  const gains = gainedReach(graph).map(({ operation, missingScopes, way }) => [
    operation.id,
    missingScopes,
    way.length,
  ])
  assert.deepEqual(gains, [['payments.charge', ['payments:charge'], 2]])
})

test('the reach matrix tells each hop with its checks', () => {
  const matrix = reachMatrix(graphOf(sketch(shop)))
  assert.equal(matrix.callers.find(({ id }) => id === 'anyone')?.kind, 'anonymous')
  assert.equal(matrix.reaches('anyone', 'payments.charge'), false)
  assert.deepEqual(
    matrix.storesOf('storefront').map(({ id }) => id),
    ['orders'],
  )
  assert.deepEqual(matrix.classesOf('storefront'), ['personal', 'secret'])
  const way = matrix.way('storefront', 'payments.charge')
  assert.equal(way?.gained, true)
  assert.deepEqual(
    way.steps.map(({ to, authenticated, authorised, missingScopes }) => [
      to,
      authenticated,
      authorised,
      missingScopes.length,
    ]),
    [
      ['checkout.place', true, true, 0],
      ['payments.charge', true, true, 1],
    ],
  )
})

test('somebody whom nobody drew comes in by a published port, and no check is known there', () => {
  const { anyone: _anyone, ...components } = shop.components ?? {}
  const { 'anyone -> checkout.view': _view, ...calls } = shop.calls ?? {}
  const matrix = reachMatrix(
    graphOf(sketch({ ...shop, components, calls: { ...calls, 'gateway -> checkout': {} } })),
  )
  const way = matrix.way('anonymous', 'orders')
  assert.equal(way?.steps[0]?.authenticated, false)
  assert.equal(matrix.way('anonymous', 'checkout')?.steps[0]?.authenticated, undefined)
})

test('data goes with answers through an open output, and may go into what nobody describes', () => {
  const flow = dataFlow(graphOf(sketch(shop)))
  const secret = flow.of('secret').map(({ component, declared }) => `${component} ${declared}`)
  for (const place of [
    'payments true',
    'checkout true',
    'gateway true',
    'storefront true',
    'card true',
    'log false',
  ])
    assert.ok(secret.includes(place), `${place} of ${secret.join(', ')}`)
  assert.ok(!secret.includes('anyone true') && !secret.includes('anyone false'))
  const way = flow.at('storefront').find(({ dataClass }) => dataClass === 'secret')
  assert.equal(way?.origin, 'payments.charge')
  assert.deepEqual(
    way.steps.map(({ to, direction }) => `${direction} ${to}`),
    ['returned checkout.place', 'returned storefront'],
  )
})

test('an operation that promises less time than its chain may take is told with the slowest way', () => {
  const [slow] = chainTimes(graphOf(sketch(shop)))
  assert.equal(slow?.caller, 'checkout.place')
  // Two attempts of 900 ms each, and a pause of 50 ms; the store bounds nothing.
  assert.deepEqual([slow.neededMs, slow.pausesMs, slow.open], [1850, 50, true])
  assert.deepEqual(
    slow.way.map(({ to }) => to),
    ['payments.charge', 'card'],
  )
})

test('connections of all replicas are counted against what the store accepts', () => {
  const [use] = connectionUses(graphOf(sketch(shop)))
  assert.deepEqual([use?.store.id, use?.limit, use?.needed], ['orders', 80, 90])
})

test('a chain, its width, and what is not safe to try again', () => {
  const graph = graphOf(sketch(shop))
  assert.equal(chainDepths(graph).find(({ entry }) => entry === 'checkout.place')?.depth, 2)
  assert.deepEqual(fanOuts(graph)[0]?.callees, ['log', 'orders'])
  assert.deepEqual(
    unsafeRetries(graph).map(({ call }) => call.from),
    ['checkout.place'],
  )
})

test('health checks that ask the same store take all their components out together', () => {
  const check = { question: 'GET /health', asks: ['orders'] }
  const graph = graphOf(
    sketch({
      components: {
        checkout: { liveness: check },
        payments: { readiness: check },
        orders: { kind: 'store' },
      },
    }),
  )
  assert.deepEqual(
    dependentChecks(graph).map(({ kind, together }) => [kind, together]),
    [
      ['liveness', ['checkout', 'payments']],
      ['readiness', ['checkout', 'payments']],
    ],
  )
})

test('the cut: hubs, owners, the order of deployment, operations that share nothing', () => {
  const graph = graphOf(sketch(shop))
  const [hub] = hubs(graph)
  assert.deepEqual(
    [hub?.component.id, hub?.callers, hub?.callees],
    ['checkout', ['anyone', 'storefront'], ['orders', 'payments']],
  )
  assert.deepEqual(
    ownershipCrossings(graph).map(({ from, to, reachesData }) => [from.id, to.id, reachesData]),
    [
      ['checkout', 'payments', false],
      ['payments', 'orders', true],
    ],
  )
  const { steps, together } = deploymentOrder(graph)
  assert.deepEqual(together, [])
  assert.ok(steps[0]?.includes('orders') && steps[1]?.includes('payments') && steps[2]?.includes('checkout'))
  const split = graphOf(
    sketch({
      components: { shop: {}, carts: { kind: 'store' }, mails: { kind: 'store' } },
      operations: { 'shop.add': {}, 'shop.send': {} },
      calls: { 'shop.add -> carts': {}, 'shop.send -> mails': {} },
    }),
  )
  assert.deepEqual(cohesions(split)[0]?.groups, [['shop.add'], ['shop.send']])
})
