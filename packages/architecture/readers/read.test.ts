import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { architectureDigest } from '../digest.ts'
import { read } from './read.ts'

const cart = 'services: { cart: { image: acme/cart, environment: { DB_HOST: db } }, db: { image: mysql } }'

test('what several formats tell of the same component is one component', () => {
  const traces = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '0af7651916cd43dd8448eb211c80319c',
                spanId: 'b7ad6b7169203331',
                name: 'SELECT orders',
                kind: 3,
                startTimeUnixNano: '1',
                endTimeUnixNano: '2',
                attributes: [
                  { key: 'db.system', value: { stringValue: 'mysql' } },
                  { key: 'server.address', value: { stringValue: 'db' } },
                ],
              },
            ],
          },
        ],
      },
    ],
  }
  const shop = read([
    { name: 'shop/compose.yaml', text: cart },
    { name: 'shop/traces.json', text: JSON.stringify(traces) },
  ])
  assert.equal(shop.components.filter(({ id }) => id === 'cart').length, 1)
  assert.equal(shop.components.find(({ id }) => id === 'cart')?.image?.value, 'acme/cart')
})

test('an architecture is called as asked, as its files say, or as their folder', () => {
  const named = (text: string, name?: string) => read([{ name: 'shop/compose.yaml', text }], { name }).name
  assert.equal(named(cart, 'bazaar'), 'bazaar')
  assert.equal(named(`name: market\n${cart}`), 'market')
  assert.equal(named(cart), 'shop')
  assert.equal(read([{ name: 'compose.yaml', text: cart }]).name, 'compose')
})

test('what is broken or unknown is noted with its place where something else can be read', () => {
  const shop = read([
    { name: 'compose.yaml', text: cart },
    { name: 'broken.yaml', text: 'a: 1\nb: [ 1' },
    { name: 'notes.yaml', text: 'shopping: [ milk ]' },
  ])
  const [broken, unknown] = shop.notes
  assert.equal(broken?.evidence.file, 'broken.yaml')
  assert.equal(broken?.evidence.line, 2)
  assert.equal(unknown?.message, 'this is of no format that can be read; it is not used')
  assert.equal(unknown?.evidence.file, 'notes.yaml')
})

test('where nothing can be read, every problem is told', () => {
  const files = [
    { name: 'broken.yaml', text: 'b: [ 1' },
    { name: 'compose.yaml', text: 'services: [ cart ]' },
  ]
  assert.throws(
    () => read(files),
    (error) => {
      assert.ok(error instanceof InvalidInput)
      assert.deepEqual(
        error.problems.map(({ place }) => [place?.file, place?.line]),
        [
          ['broken.yaml', 1],
          ['compose.yaml', 1],
        ],
      )
      assert.ok(error.problems.every(({ fix }) => fix !== undefined))
      return true
    },
  )
  for (const empty of [
    [],
    [{ name: 'compose.yaml', text: '' }],
    [{ name: 'compose.yaml', text: '# nothing' }],
  ])
    assert.throws(() => read(empty), InvalidInput)
  assert.throws(
    () => read([{ name: 'huge.yaml', text: `a: ${'x'.repeat(50 * 1_048_576)}` }]),
    /larger than 16 MiB/,
  )
})

test('a component that one format declares twice, differently, is noted', () => {
  const deployment = (image: string) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'cart' },
      spec: {
        selector: { matchLabels: { app: 'cart' } },
        template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'cart', image }] } },
      },
    })
  const shop = read([
    { name: 'a.yaml', text: `${deployment('acme/cart:1')}\n---\n${deployment('acme/cart:2')}` },
  ])
  assert.ok(shop.notes.length > 0)
})

const name = fc.constantFrom('cart', 'checkout', 'ledger', 'orders-db', 'events', 'storefront')
const service = fc.record(
  {
    image: fc.constantFrom('acme/a:1', 'postgres:18', 'apache/kafka'),
    restart: fc.constantFrom('always', 'no'),
    read_only: fc.boolean(),
    cap_drop: fc.subarray(['ALL', 'CHOWN']),
    ports: fc.subarray(['80:80', '127.0.0.1:81:81']),
    depends_on: fc.uniqueArray(name),
    environment: fc.dictionary(fc.constantFrom('A_HOST', 'B_URL', 'PASSWORD'), name),
    deploy: fc.record({ replicas: fc.nat(5) }),
  },
  { requiredKeys: ['image'] },
)
const services = fc.dictionary(name, service, { minKeys: 1 })

function reordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reordered(member)]),
  )
}

test('order, comments and the split over files change nothing in the digest', () => {
  fc.assert(
    fc.property(services, (services) => {
      const digest = (...texts: readonly string[]) =>
        architectureDigest(read(texts.map((text, index) => ({ name: `shop/${index}.yaml`, text }))))
      const plain = digest(stringify({ services }))
      assert.equal(digest(stringify({ services: reordered(services) })), plain)
      assert.equal(digest(stringify({ services }).replaceAll('\n', ' # telling\n')), plain)
      const split = Object.entries(services).map(([id, one]) => stringify({ services: { [id]: one } }))
      assert.equal(digest(...split.toReversed()), plain)
      assert.equal(digest(JSON.stringify({ services })), plain)
    }),
    { numRuns: 50 },
  )
})

const corpus = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'architectures')

test(
  'every file of the corpus is read, with a place for each fact',
  { skip: existsSync(corpus) ? false : 'no corpus' },
  () => {
    for (const folder of readdirSync(corpus)) {
      const files = readdirSync(join(corpus, folder)).filter((file) => /\.ya?ml$/.test(file))
      for (const file of files) {
        const text = readFileSync(join(corpus, folder, file), 'utf8')
        const { components } = read([{ name: `${folder}/${file}`, text }])
        for (const { id, kind, evidence } of components) {
          assert.ok(evidence.line !== undefined && evidence.file !== undefined, `${folder}/${file} ${id}`)
          assert.ok(kind.evidence.line !== undefined, `${folder}/${file} ${id}`)
        }
      }
    }
  },
)
