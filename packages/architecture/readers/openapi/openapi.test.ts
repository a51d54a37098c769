import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { messagesOf, read, readMutants } from '../reading.fixture.ts'
import { openApiReader } from './reader.ts'

const payments = `
openapi: 3.1.0
info: { title: Card Payments, version: 2.1.0 }
servers: [{ url: 'http://api.shop.example/v2' }]
security: [{ login: [payments.read] }]
paths:
  /payments/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getPayment
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/Payment' } } } }
        '429': { description: too many }
    delete:
      security: [{ login: [payments.write, payments.read] }, { key: [] }]
      responses: {}
  /payments:
    post:
      security: []
      parameters: [{ name: Idempotency-Key, in: header, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Payment' } } } }
  /status:
    get: { security: [{ key: [] }, {}] }
components:
  securitySchemes:
    login: { type: oauth2 }
    key: { type: apiKey, in: header, name: X-Key }
  schemas:
    Payment:
      type: object
      properties:
        card_number: { type: string }
        note: { type: string, x-data-class: internal }
        pin: { type: string, format: password }
        parent: { $ref: '#/components/schemas/Payment' }
`

const part = read(openApiReader, payments)
const operation = (name: string) => part.operations?.find((one) => one.name === name)

test('a document is a component with operations', () => {
  assert.deepEqual(
    part.operations?.map(({ id, http }) => [id, http?.value]),
    [
      ['card-payments.getPayment', 'GET /v2/payments/{id}'],
      ['card-payments.delete-payments-id', 'DELETE /v2/payments/{id}'],
      ['card-payments.post-payments', 'POST /v2/payments'],
      ['card-payments.get-status', 'GET /v2/status'],
    ],
  )
  assert.equal(part.components[0]?.version?.value, '2.1.0')
  assert.equal(part.components[0]?.traits?.['rate-limit']?.value, true)
})

test('methods tell what is safe and what may be repeated, and so does a key', () => {
  assert.deepEqual(
    part.operations?.map(({ safe, idempotent }) => [safe?.value, idempotent?.value]),
    [
      [true, true],
      [false, true],
      [false, true],
      [true, true],
    ],
  )
})

test('requirements of the document, of an operation, and none', () => {
  assert.equal(operation('getPayment')?.authentication?.value, 'oauth2')
  assert.deepEqual(operation('getPayment')?.scopes?.value, ['payments.read'])
  assert.equal(operation('getPayment')?.access?.value, 'consumers')
  assert.equal(operation('delete-payments-id')?.authentication?.value, 'oauth2 or api-key')
  assert.deepEqual(operation('delete-payments-id')?.scopes?.value, [])
  assert.equal(operation('post-payments')?.access?.value, 'public')
  assert.equal(operation('get-status')?.authentication?.value, 'none')
  assert.equal(operation('get-status')?.access?.value, 'public')
})

test('a document that says nothing of security states none, and not who has access', () => {
  const silent = read(openApiReader, 'openapi: 3.0.0\ninfo: {title: Cart}\npaths: {/cart: {get: {}}}')
  const [cart] = silent.operations ?? []
  assert.equal(cart?.authentication?.value, 'none')
  assert.equal(cart?.authentication?.evidence.how, 'inferred')
  assert.equal(cart?.access, undefined)
})

test('data classes are those that are written, and few names that tell by themselves', () => {
  assert.deepEqual(operation('getPayment')?.dataOut?.value.toSorted(), ['confidential', 'internal', 'secret'])
  assert.equal(operation('getPayment')?.dataOut?.evidence.how, 'inferred')
  assert.deepEqual(operation('post-payments')?.dataIn?.value.toSorted(), [
    'confidential',
    'internal',
    'secret',
  ])
  assert.equal(operation('getPayment')?.dataIn, undefined)
})

test('a public address over http is a call of clients that is not encrypted', () => {
  assert.deepEqual(
    part.calls?.map(({ from, to, encrypted }) => [from, to, encrypted?.value]),
    [['clients of card-payments', 'card-payments', false]],
  )
})

test('a service is named by x-service-name, by its host in the deployment, or by its title', () => {
  const idOf = (head: string) => read(openApiReader, `openapi: 3.0.0\n${head}\npaths: {}`).components[0]?.id
  assert.equal(idOf('info: {title: Cart API}\nx-service-name: cart'), 'cart')
  assert.equal(idOf('info: {title: Cart API}\nservers: [{url: "http://cart:8080/v1"}]'), 'cart')
  assert.equal(
    idOf('info: {title: Cart API}\nservers: [{url: "http://cart.prod.svc.cluster.local"}]'),
    'cart',
  )
  assert.equal(idOf('info: {title: Cart API}\nservers: [{url: "http://localhost:8080"}]'), 'cart-api')
})

test('Swagger 2 is read as well', () => {
  const old = read(
    openApiReader,
    `
swagger: '2.0'
info: { title: Stock, version: '1' }
host: stock.example.com
basePath: /api/
schemes: [https]
securityDefinitions: { user: { type: basic } }
security: [{ user: [] }]
paths: { /items: { get: { responses: { '200': { schema: { properties: { email: { type: string } } } } } } } }
`,
  )
  const [items] = old.operations ?? []
  assert.equal(items?.http?.value, 'GET /api/items')
  assert.equal(items?.authentication?.value, 'password')
  assert.deepEqual(items?.dataOut?.value, ['personal'])
  assert.equal(old.calls?.[0]?.encrypted?.value, true)
})

test('references in a circle, to nothing and to other machines are noted; none is fetched', () => {
  const odd = read(
    openApiReader,
    `
openapi: 3.0.0
info: { title: Cart }
paths:
  /a: { $ref: '#/paths/~1b' }
  /b: { $ref: '#/paths/~1a' }
  /c: { $ref: 'http://169.254.169.254/latest/meta-data' }
  /d: { $ref: '//evil.example/x.yaml' }
  /e: { $ref: '#/nowhere/%E0%A4%A' }
  /f: { $ref: 'missing.yaml#/x' }
  /g: { $ref: 'paths.yaml#/g' }
`,
    { 'paths.yaml': 'g: { get: { operationId: listed } }' },
  )
  assert.deepEqual(
    odd.operations?.map(({ name }) => name),
    ['listed'],
  )
  assert.match(
    messagesOf(odd).join('\n'),
    /in a circle[\s\S]*another machine[\s\S]*another machine[\s\S]*to nothing[\s\S]*not there/,
  )
})

test('a schema that refers to itself a thousand ways ends', () => {
  const properties = Array.from({ length: 1_000 }, (_, n) => [`p${n}`, { $ref: '#/components/schemas/Tree' }])
  const schema = { $ref: '#/components/schemas/Tree' }
  const huge = read(
    openApiReader,
    JSON.stringify({
      openapi: '3.0.0',
      info: { title: 'Tree' },
      paths: { '/': { get: { responses: { 200: { content: { json: { schema } } } } } } },
      components: {
        schemas: { Tree: { properties: Object.fromEntries(properties), allOf: [schema, schema] } },
      },
    }),
  )
  assert.equal(huge.operations?.length, 1)
})

test('what is behind a reference is found by each operation that uses it', () => {
  const list = { type: 'array', items: { $ref: '#/components/schemas/Person' } }
  const get = { responses: { 200: { content: { json: { schema: list } } } } }
  const people = read(
    openApiReader,
    JSON.stringify({
      openapi: '3.0.0',
      info: { title: 'People' },
      paths: { '/staff': { get }, '/guests': { get } },
      components: {
        schemas: { Person: { properties: { boss: { $ref: '#/components/schemas/Person' }, email: {} } } },
      },
    }),
  )
  assert.deepEqual(
    people.operations?.map(({ dataOut }) => dataOut?.value),
    [['personal'], ['personal']],
  )
})

test('titles and operation names with markup and escapes stay data', () => {
  const text = JSON.stringify({
    openapi: '3.0.0',
    info: { title: '<script>alert(1)</script>' },
    paths: { '/': { get: { operationId: '\u001b[2Jwiped' } } },
  })
  assert.equal(read(openApiReader, text).operations?.[0]?.name, '\u001b[2Jwiped')
  assert.equal(read(openApiReader, text).components[0]?.id, 'script-alert-1-script')
})

test('a thousand broken documents do no harm', () => readMutants(openApiReader, payments))

const corpus = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'openapi-changes')
test('documents that others wrote are read', { skip: existsSync(corpus) ? false : 'no corpus' }, () => {
  const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:ya?ml|json)$/.test(name),
  )
  let operations = 0
  for (const name of files.slice(0, 60)) {
    const part = read(openApiReader, readFileSync(join(corpus, name), 'utf8'))
    operations += part.operations?.length ?? 0
  }
  assert.ok(operations > 20, `${operations} operations in ${files.length} files`)
})
