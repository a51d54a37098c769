import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messagesOf, read, readMutants } from '../reading.fixture.ts'
import type { ArchitecturePart } from '../reader.ts'
import { jaegerReader, otlpReader } from './reader.ts'

type Attributes = Readonly<Record<string, string | number>>

function span(ids: string, name: string, kind: number, attributes: Attributes = {}): object {
  const [spanId, parentSpanId = ''] = ids.split('<')
  const list = Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))
  return { traceId: 't1', spanId, parentSpanId, name, kind, attributes: list }
}

function resource(service: string, ...spans: readonly object[]): object {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }]
  return { resource: { attributes }, scopeSpans: [{ spans }] }
}

const resources = [
  resource(
    'storefront',
    span('s1', 'GET /buy', 2, { 'http.request.method': 'GET', 'http.route': '/buy/{sku}' }),
    span('s2<s1', 'POST', 3, { 'url.full': 'http://orders:8080/orders', 'server.address': 'orders' }),
    span('s3<s1', 'GET', 3, { 'url.full': 'https://api.bank.example/rates' }),
    span('s4<s1', 'GET', 3, { 'server.address': '10.0.0.7' }),
  ),
  resource(
    'orders',
    span('o1<s2', 'POST /orders', 2, {
      'http.request.method': 'POST',
      'http.route': '/orders',
      'url.scheme': 'http',
    }),
    span('o2<o1', 'INSERT', 3, {
      'db.system': 'postgresql',
      'server.address': 'orders-db.prod.svc.cluster.local',
    }),
    span('o3<o1', 'INSERT', 3, {
      'db.system': 'postgresql',
      'server.address': 'orders-db.prod.svc.cluster.local',
    }),
    span('o4<o1', 'publish', 4, { 'messaging.system': 'kafka', 'server.address': 'kafka:9092' }),
    span('o5<o1', 'GET', 3, { 'db.system.name': 'redis' }),
  ),
  resource('mailer', span('m1<o4', 'process', 5, { 'messaging.system': 'kafka', 'server.address': 'kafka' })),
]
const otlp = JSON.stringify({ resourceSpans: resources })

function callsOf({ calls = [] }: ArchitecturePart): readonly unknown[] {
  return calls
    .map(({ from, to, protocol, synchronous, observed }) =>
      [from, to, protocol?.value, synchronous?.value === false ? 'async' : 'sync', observed?.value].join(' '),
    )
    .toSorted()
}

const seen = [
  'mailer kafka kafka async 1',
  'orders kafka kafka async 1',
  'orders mailer kafka async 1',
  'orders orders-db postgresql sync 2',
  'orders redis redis sync 1',
  'storefront api.bank.example https sync 1',
  'storefront orders http sync 1',
]

test('spans of OTLP tell who called whom, over what, how often', () => {
  const part = read(otlpReader, otlp)
  assert.deepEqual(callsOf(part), seen)
  assert.deepEqual(part.components.map(({ id, kind }) => `${id} ${kind.value}`).toSorted(), [
    'api.bank.example external',
    'kafka broker',
    'mailer service',
    'orders service',
    'orders-db store',
    'redis cache',
    'storefront service',
  ])
  const hop = part.calls?.find(({ from, to }) => from === 'orders' && to === 'mailer')
  assert.equal(hop?.through?.value, 'kafka')
  assert.equal(hop?.evidence.how, 'observed')
})

test('what services do on request is named as in their OpenAPI documents', () => {
  assert.deepEqual(
    read(otlpReader, otlp).operations?.map(({ id, http }) => [id, http?.value]),
    [
      ['storefront.get-buy-sku', 'GET /buy/{sku}'],
      ['orders.post-orders', 'POST /orders'],
    ],
  )
})

test('one observation may be spread over lines, in any order', () => {
  const lines = resources.toReversed().map((one) => JSON.stringify({ resourceSpans: [one] }))
  const part = read(otlpReader, lines.join('\n'))
  assert.deepEqual(callsOf(part), seen)
  assert.equal(part.calls?.find(({ from }) => from === 'mailer')?.evidence.line, 1)
})

const jaeger = JSON.stringify({
  data: [
    {
      traceID: 't1',
      processes: { p1: { serviceName: 'storefront' }, p2: { serviceName: 'orders' } },
      spans: [
        {
          traceID: 't1',
          spanID: 'a',
          operationName: 'POST',
          processID: 'p1',
          references: [],
          tags: [{ key: 'span.kind', value: 'client' }],
        },
        {
          traceID: 't1',
          spanID: 'b',
          operationName: 'placeOrder',
          processID: 'p2',
          references: [{ refType: 'CHILD_OF', traceID: 't1', spanID: 'a' }],
          tags: [
            { key: 'span.kind', value: 'server' },
            { key: 'rpc.system', value: 'grpc' },
          ],
        },
        {
          traceID: 't1',
          spanID: 'c',
          operationName: 'find',
          processID: 'p2',
          references: [{ refType: 'CHILD_OF', traceID: 't1', spanID: 'b' }],
          tags: [
            { key: 'span.kind', value: 'client' },
            { key: 'db.system', value: 'mongodb' },
            { key: 'net.peer.name', value: 'orders-mongo' },
          ],
        },
      ],
    },
  ],
})

test('spans of Jaeger tell the same', () => {
  const part = read(jaegerReader, jaeger)
  assert.deepEqual(callsOf(part), ['orders orders-mongo mongodb sync 1', 'storefront orders grpc sync 1'])
  assert.deepEqual(
    part.operations?.map(({ id }) => id),
    ['orders.place-order'],
  )
})

test('times are not looked at: clocks of machines disagree', () => {
  const early = otlp.replaceAll('"traceId"', '"startTimeUnixNano":"-9","endTimeUnixNano":"x","traceId"')
  assert.deepEqual(callsOf(read(otlpReader, early)), seen)
})

test('spans that cause themselves, or each other, are no calls', () => {
  const circle = [
    resource('storefront', span('a<b', 'one', 1), span('c<c', 'two', 3)),
    resource('storefront', span('b<a', 'three', 2)),
  ]
  assert.deepEqual(callsOf(read(otlpReader, JSON.stringify({ resourceSpans: circle }))), [])
})

test('names with numbers in them fill nothing up', () => {
  const spans = Array.from({ length: 2_000 }, (_, n) => span(`s${n}`, `GET /user/${n}`, 2))
  const services = Array.from({ length: 3_000 }, (_, n) => resource(`pod-${n}`, span(`p${n}<s1`, 'get', 2)))
  const part = read(otlpReader, JSON.stringify({ resourceSpans: [resource('users', ...spans), ...services] }))
  assert.ok((part.operations?.filter(({ component }) => component === 'users').length ?? 0) <= 300)
  assert.ok(part.components.length <= 2_000)
  assert.match(messagesOf(part).join('\n'), /more than 300 operations[\s\S]*/)
  assert.match(messagesOf(part).join('\n'), /more than 2000 services/)
})

test('names with markup and terminal escapes stay data', () => {
  const name = '<b>\u001b]0;owned\u0007'
  const part = read(otlpReader, JSON.stringify({ resourceSpans: [resource(name, span('a', name, 2))] }))
  assert.equal(part.components[0]?.id, name)
})

test('a thousand broken traces of each kind do no harm', () => {
  readMutants(otlpReader, otlp)
  readMutants(jaegerReader, jaeger)
})
