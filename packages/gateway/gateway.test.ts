import assert from 'node:assert/strict'
import { Agent } from 'node:https'
import { connect } from 'node:tls'
import { after, before, test } from 'node:test'
import { createApiKey } from '@plimsoll/identity'
import { ask, type Reply } from './consumer.fixture.ts'
import { openShop, outerCertificate, type Shop } from './shop.fixture.ts'

let shop: Shop

before(async () => {
  shop = await openShop()
})
after(() => shop[Symbol.asyncDispose]())

function codeOf(reply: Reply): unknown {
  return (reply.json as { code?: unknown }).code
}

test('a consumer calls what it declares and holds the scopes for', async () => {
  const reply = await ask(shop, 'GET /quotes/A1?quantity=3', { key: shop.keys.storefront })
  assert.equal(reply.status, 200)
  assert.deepEqual(reply.json, { sku: 'A1', total: 60 })
  assert.equal(reply.headers['content-type'], 'application/json')
})

test('a body goes in as JSON', async () => {
  const body = { sku: 'A1', percent: 12.5 }
  const reply = await ask(shop, 'POST /discounts', { key: shop.keys.storefront, body })
  assert.deepEqual([reply.status, reply.json], [200, { sku: 'A1', percent: 12.5 }])
})

test('a declared error comes out with its status, code and data', async () => {
  const reply = await ask(shop, 'GET /quotes/B9?quantity=3', { key: shop.keys.storefront })
  assert.equal(reply.status, 404)
  assert.equal(reply.headers['content-type'], 'application/problem+json')
  assert.deepEqual(reply.json, {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    code: 'UNKNOWN_SKU',
    data: { sku: 'B9' },
  })
})

test('a public operation needs no key, and knows the consumer that shows one', async () => {
  const nobody = await ask(shop, 'GET /catalogue')
  assert.equal((nobody.json as { consumer: string }).consumer, 'nobody')
  const storefront = await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })
  assert.equal((storefront.json as { consumer: string }).consumer, 'storefront')
})

test('HEAD is answered as GET, without the body', async () => {
  const reply = await ask(shop, 'HEAD /catalogue')
  assert.deepEqual([reply.status, reply.text], [200, ''])
  assert.ok(Number(reply.headers['content-length']) > 0)
})

test('OPTIONS tells the methods of an address', async () => {
  const reply = await ask(shop, 'OPTIONS /quotes/A1')
  assert.deepEqual([reply.status, reply.headers['allow'], reply.text], [204, 'GET, HEAD, OPTIONS', ''])
})

test('a consumer’s trace goes on into the service, and its id comes back', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
  const reply = await ask(shop, 'GET /catalogue', { headers })
  assert.equal(reply.headers['x-request-id'], traceId)
  assert.equal((reply.json as { trace: string }).trace, traceId)
})

test('the gateway says that it is well, and what is open', async () => {
  const health = await ask(shop, 'GET /healthz')
  assert.deepEqual([health.status, health.json], [200, { status: 'ok' }])
  const document = await ask(shop, 'GET /openapi.json')
  const { openapi, paths } = document.json as { openapi: string; paths: object }
  assert.match(openapi, /^3\.1/)
  assert.deepEqual(Object.keys(paths).toSorted(), [
    '/broken',
    '/catalogue',
    '/discounts',
    '/files/{name}',
    '/notes',
    '/quotes/{sku}',
    '/searches',
    '/slow',
    '/ticks',
    '/totals/{name}',
  ])
  assert.doesNotMatch(document.text, /costs/)
  const landing = await ask(shop, 'GET /')
  assert.match(landing.text, /openapi\.json/)
  assert.match(landing.headers['content-type'] ?? '', /^text\/plain/)
})

for (const line of ['GET /catalogue', 'GET /nowhere', 'GET /quotes/A1', 'GET /', 'GET /healthz'] as const) {
  test(`${line} has the security headers and does not tell what answers`, async () => {
    const { headers } = await ask(shop, line)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(headers['strict-transport-security'] ?? '', /^max-age=\d+/)
    assert.match(headers['x-request-id'] ?? '', /^[0-9a-f]{32}$/)
    assert.equal(headers['server'] ?? headers['x-powered-by'], undefined)
  })
}

test('without a key, an operation for consumers asks for one', async () => {
  const reply = await ask(shop, 'GET /quotes/A1?quantity=3')
  assert.deepEqual([reply.status, codeOf(reply)], [401, 'UNAUTHENTICATED'])
  assert.equal(reply.headers['www-authenticate'], 'Bearer')
})

test('a key that is none is refused everywhere, in the same words', async () => {
  const stranger = createApiKey('storefront').key
  const storefront = shop.keys.storefront
  const altered = `${storefront.slice(0, -1)}${storefront.endsWith('A') ? 'B' : 'A'}`
  const headers = [stranger, altered, 'plk_', '', 'plk_x_y', `${storefront} ${storefront}`, 'ü', '__proto__']
    .map((key) => `Bearer ${Buffer.from(key).toString('latin1')}`)
    .concat(['Basic cGxrOg==', storefront, `Token ${storefront}`, `bearer`, 'Bearer'])
  const texts = new Set<string>()
  for (const authorization of headers) {
    for (const line of ['GET /quotes/A1?quantity=3', 'GET /catalogue', 'GET /healthz'] as const) {
      const reply = await ask(shop, line, { headers: { authorization } })
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'UNAUTHENTICATED'], `${authorization} ${line}`)
      assert.match(reply.headers['www-authenticate'] ?? '', /invalid_token/)
      texts.add(reply.text)
    }
  }
  assert.equal(texts.size, 1)
})

test('a key in the query or in another header is no key', async () => {
  const key = shop.keys.storefront
  const inQuery = await ask(shop, `GET /quotes/A1?quantity=3&authorization=Bearer%20${key}`)
  assert.equal(inQuery.status, 401)
  const asToken = await ask(shop, `GET /catalogue?access_token=${key}`)
  assert.equal(asToken.status, 400)
  const elsewhere = await ask(shop, 'GET /quotes/A1?quantity=3', { headers: { 'x-api-key': key } })
  assert.equal(elsewhere.status, 401)
  assert.ok(shop.log.every((line) => !line.includes(key)))
})

test('a consumer may not call what it does not declare, whatever its scopes', async () => {
  const reply = await ask(shop, 'GET /quotes/A1?quantity=3', { key: shop.keys.partner })
  assert.deepEqual([reply.status, codeOf(reply)], [403, 'USE_NOT_DECLARED'])
})

test('a consumer may not call what it declares without the scopes', async () => {
  const reply = await ask(shop, 'POST /discounts', {
    key: shop.keys.partner,
    body: { sku: 'A1', percent: 5 },
  })
  assert.deepEqual([reply.status, codeOf(reply)], [403, 'SCOPE_MISSING'])
  assert.match(reply.headers['www-authenticate'] ?? '', /insufficient_scope/)
})

test('a consumer cannot claim to be somebody else behind the gateway', async () => {
  const subject = Buffer.from('{"consumer":"admin","scopes":["prices:write"]}').toString('base64url')
  const headers = {
    'plimsoll-subject': subject,
    'plimsoll-deadline': '999999',
    'x-forwarded-for': '10.0.0.1',
  }
  const reply = await ask(shop, 'GET /catalogue', { headers })
  assert.equal((reply.json as { consumer: string }).consumer, 'nobody')
})

test('an operation for services alone has no address', async () => {
  assert.equal((await ask(shop, 'GET /costs/A1', { key: shop.keys.storefront })).status, 404)
  assert.equal((await ask(shop, 'POST /pricing/cost', { key: shop.keys.storefront, body: {} })).status, 404)
  assert.equal((await ask(shop, 'POST /cost', { key: shop.keys.storefront, body: {} })).status, 404)
})

test('another method is told which are taken', async () => {
  const reply = await ask(shop, 'DELETE /quotes/A1')
  assert.deepEqual([reply.status, codeOf(reply)], [405, 'METHOD_NOT_ALLOWED'])
  assert.equal(reply.headers['allow'], 'GET, HEAD, OPTIONS')
  assert.equal((await ask(shop, 'POST /healthz')).headers['allow'], 'GET, HEAD, OPTIONS')
  assert.equal((await ask(shop, 'TRACE /catalogue')).status, 405)
})

for (const [what, line, field] of [
  ['a number that is none', 'GET /quotes/A1?quantity=many', 'quantity'],
  ['a number out of bounds', 'GET /quotes/A1?quantity=0', 'quantity'],
  ['a parameter that is missing', 'GET /quotes/A1', 'quantity'],
  ['a parameter twice', 'GET /quotes/A1?quantity=1&quantity=2', 'quantity'],
  ['a parameter that nobody knows', 'GET /quotes/A1?quantity=1&admin=true', 'admin'],
  ['a parameter named like a prototype', 'GET /quotes/A1?quantity=1&__proto__=x', '__proto__'],
  ['a path parameter from the query', 'GET /quotes/A1?quantity=1&sku=B9', 'sku'],
  ['a path parameter that is too long', `GET /quotes/${'A'.repeat(41)}?quantity=1`, 'sku'],
] as const) {
  test(`${what} is refused with its field`, async () => {
    const reply = await ask(shop, line, { key: shop.keys.storefront })
    assert.deepEqual([reply.status, codeOf(reply)], [400, 'INVALID_INPUT'])
    assert.equal((reply.json as { errors: { field: string }[] }).errors[0]?.field, field)
  })
}

for (const [what, body] of [
  ['no JSON', '{"sku":'],
  ['no object', '[]'],
  ['JSON that is too deep', `{"sku":"A1","percent":1,"note":${'['.repeat(40)}${']'.repeat(40)}}`],
  ['a prototype', '{"sku":"A1","percent":1,"note":{"__proto__":{"admin":true}}}'],
  ['a member of another type', '{"sku":"A1","percent":"1"}'],
  ['a member out of bounds', '{"sku":"A1","percent":100}'],
  ['nothing', undefined],
] as const) {
  test(`a body with ${what} is refused`, async () => {
    const reply = await ask(shop, 'POST /discounts', { key: shop.keys.storefront, body })
    assert.deepEqual([reply.status, codeOf(reply)], [400, 'INVALID_INPUT'], reply.text)
  })
}

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'application/json, text/plain',
  'application/jsonp',
  '',
]) {
  test(`a body of the type ${JSON.stringify(type)} is refused`, async () => {
    const headers = { 'content-type': type }
    const reply = await ask(shop, 'POST /searches', { body: { words: 'lamp' }, headers })
    assert.deepEqual([reply.status, codeOf(reply)], [415, 'UNSUPPORTED_MEDIA_TYPE'])
  })
}

test('a body of JSON in UTF-8 is read, however that is written', async () => {
  for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
    const reply = await ask(shop, 'POST /searches', {
      body: { words: 'lämp' },
      headers: { 'content-type': type },
    })
    assert.deepEqual(reply.json, { length: 4 })
  }
})

test('a compressed body is refused', async () => {
  const reply = await ask(shop, 'POST /searches', {
    body: { words: 'lamp' },
    headers: { 'content-encoding': 'gzip' },
  })
  assert.equal(reply.status, 415)
})

test('a body up to the bound is read, a larger one refused, announced or not', async () => {
  const fits = await ask(shop, 'POST /searches', { body: { words: 'a'.repeat(1_000_000) } })
  assert.deepEqual(fits.json, { length: 1_000_000 })
  const body = { words: 'a'.repeat(1_100_000) }
  const announced = await ask(shop, 'POST /searches', { body })
  assert.deepEqual([announced.status, codeOf(announced)], [413, 'BODY_TOO_LARGE'])
  const chunked = await ask(shop, 'POST /searches', {
    body,
    headers: { 'transfer-encoding': 'chunked', 'content-length': [] },
  })
  assert.deepEqual([chunked.status, codeOf(chunked)], [413, 'BODY_TOO_LARGE'])
})

test('a body where none belongs is refused', async () => {
  const reply = await ask(shop, 'GET /catalogue', { body: {} })
  assert.deepEqual([reply.status, codeOf(reply)], [400, 'AMBIGUOUS_REQUEST'])
})

test('a service that is late, breaks or is away tells nothing of its inside', async () => {
  const late = await ask(shop, 'GET /slow')
  assert.deepEqual([late.status, codeOf(late)], [504, 'DEADLINE_EXCEEDED'])
  const broken = await ask(shop, 'GET /broken')
  assert.deepEqual([broken.status, codeOf(broken)], [502, 'SERVICE_FAILED'])
  const before = shop.snapshot
  shop.snapshot = { ...before, revision: 2, endpoints: {} }
  const away = await ask(shop, 'GET /catalogue')
  shop.snapshot = before
  assert.deepEqual([away.status, codeOf(away), away.headers['retry-after']], [503, 'UNAVAILABLE', '1'])
  for (const { text } of [late, broken, away]) {
    assert.doesNotMatch(text, /hunter2|srv|pricing|127\.0\.0\.1|spiffe|Error|\bat \b/)
  }
})

test('the log has a line for each request, and nothing that a consumer sent', async () => {
  const lines = shop.log.length
  const headers = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` }
  await ask(shop, 'GET /quotes/S3CRET?quantity=3', { key: shop.keys.storefront, headers })
  await ask(shop, 'POST /discounts', {
    key: shop.keys.storefront,
    body: { sku: 'S3CRET', percent: 'S3CRET' },
  })
  const [quote = '', discount = '', ...others] = shop.log.slice(lines)
  assert.deepEqual(others, [])
  const { event, consumer, operation, status, trace, ms } = JSON.parse(quote) as Record<string, unknown>
  assert.deepEqual(
    { event, consumer, operation, status, trace },
    {
      event: 'request',
      consumer: 'storefront',
      operation: 'pricing.quote',
      status: 404,
      trace: 'c'.repeat(32),
    },
  )
  assert.equal(typeof ms, 'number')
  assert.match(discount, /"status":400/)
  assert.doesNotMatch(quote + discount, /S3CRET|plk_|Bearer/)
})

test('a consumer that goes away ends the call', async () => {
  const held = Promise.withResolvers<void>()
  shop.gate.wait = held.promise
  const { begun, cancelled } = shop.gate
  const agent = new Agent()
  const asked = ask(shop, 'GET /catalogue', { agent }).catch((thrown: unknown) => thrown)
  await until(() => shop.gate.begun > begun)
  agent.destroy()
  await until(() => shop.gate.cancelled > cancelled)
  held.resolve()
  shop.gate.wait = undefined
  assert.ok((await asked) instanceof Error)
})

test('a new configuration holds from the next request on, also on an open connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const quote = () => ask(shop, 'GET /quotes/A1?quantity=1', { key: shop.keys.storefront, agent })
  const before = shop.configuration
  assert.equal((await quote()).status, 200)
  shop.configuration = { ...before, consumers: [shop.consumers.partner] }
  assert.equal((await quote()).status, 401, 'the key is revoked')
  shop.configuration = { ...before, contracts: [] }
  assert.equal((await quote()).status, 404, 'the contract is gone')
  shop.configuration = before
  assert.equal((await quote()).status, 200)
  agent.destroy()
})

test('routes that cannot be served change nothing, but a key that is revoked with them is', async () => {
  const before = shop.configuration
  const [contract] = before.contracts
  assert.ok(contract)
  shop.configuration = { ...before, contracts: [contract, contract] }
  assert.equal((await ask(shop, 'GET /catalogue')).status, 200)
  assert.ok(shop.log.some((line) => line.includes('routes kept')))
  shop.configuration = { ...before, contracts: [contract, contract], consumers: [] }
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })).status, 401)
  shop.configuration = before
})

test('a change does not touch a request that is in work', async () => {
  const held = Promise.withResolvers<void>()
  shop.gate.wait = held.promise
  const { begun } = shop.gate
  const asked = ask(shop, 'GET /catalogue')
  await until(() => shop.gate.begun > begun)
  const before = shop.configuration
  shop.configuration = { contracts: [], consumers: [] }
  held.resolve()
  shop.gate.wait = undefined
  assert.equal((await asked).status, 200)
  shop.configuration = before
})

test('another certificate is shown from the next connection on', async () => {
  const serial = () =>
    new Promise<string>((resolve, reject) => {
      const [host = '', port = ''] = shop.gateway.address.split(':')
      const socket = connect({ host, port: Number(port), ca: shop.authority.bundle }, () => {
        resolve(socket.getPeerCertificate().serialNumber)
        socket.destroy()
      }).on('error', reject)
    })
  const first = await serial()
  shop.gateway.replaceCertificate(outerCertificate(shop.authority))
  assert.notEqual(await serial(), first)
})

test('TLS 1.3 is preferred, 1.2 is taken, older and weaker is refused', async () => {
  const protocolOf = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3', ciphers = 'DEFAULT@SECLEVEL=0') =>
    new Promise<string | null>((resolve, reject) => {
      const [host = '', port = ''] = shop.gateway.address.split(':')
      const options = {
        host,
        port: Number(port),
        ca: shop.authority.bundle,
        minVersion: 'TLSv1.1',
        ciphers,
      } as const
      const socket = connect({ ...options, maxVersion }, () => {
        resolve(socket.getProtocol())
        socket.destroy()
      }).on('error', reject)
    })
  assert.equal(await protocolOf('TLSv1.3'), 'TLSv1.3')
  assert.equal(await protocolOf('TLSv1.2'), 'TLSv1.2')
  await assert.rejects(protocolOf('TLSv1.1'))
  await assert.rejects(
    protocolOf('TLSv1.2', 'ECDHE-ECDSA-AES128-SHA'),
    'a cipher without authentication of its text',
  )
})

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 500, 'it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
