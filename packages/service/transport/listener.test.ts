import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { openAuthority } from '@plimsoll/identity'
import type { ServeOptions } from '../server.ts'
import { catalogService } from '../testing/shop.ts'
import { issue, openTown, trustDomain } from '../testing/town.ts'
import { open, readAll, send, type RawRequest } from '../testing/wire.ts'

async function openCatalog(test: TestContext, options?: Partial<ServeOptions>) {
  const town = await openTown(test)
  const { address } = await town.serve(catalogService, options)
  town.allow('catalog.lookup', 'service/pricing')
  const credentials = town.credentials('service', 'pricing')
  const target = { address, service: 'catalog', credentials }
  const ask = (raw: Partial<RawRequest>) =>
    send({ ...target, path: '/catalog/lookup', body: '{"sku":"A1"}', ...raw })
  return { town, target, ask }
}

test('answers JSON to a proper request', async (test) => {
  const { ask } = await openCatalog(test)
  const reply = await ask({})
  assert.equal(reply.status, 200)
  assert.equal(reply.headers['content-type'], 'application/json')
  assert.equal(reply.headers['x-powered-by'], undefined)
  assert.deepEqual(reply.body, { sku: 'A1', price: 250 })
})

test('a declared error says that it is one', async (test) => {
  const { ask } = await openCatalog(test)
  const reply = await ask({ body: '{"sku":"Z9"}' })
  assert.equal(reply.status, 404)
  assert.equal(reply.headers['plimsoll-error'], 'declared')
  assert.equal(reply.headers['content-type'], 'application/problem+json')
  const { code, data, status } = reply.body
  assert.deepEqual({ code, data, status }, { code: 'UNKNOWN_SKU', data: { sku: 'Z9' }, status: 404 })
})

const refusals: Readonly<Record<string, readonly [number, Partial<RawRequest>]>> = {
  'another method': [405, { method: 'GET', body: '' }],
  'another content type': [415, { headers: { 'content-type': 'text/plain' } }],
  'a form': [415, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  'another character set': [415, { headers: { 'content-type': 'application/json; charset=utf-16' } }],
  'a compressed body': [415, { headers: { 'content-encoding': 'gzip' } }],
  'no path': [404, { path: '/' }],
  'a path below an operation': [404, { path: '/catalog/lookup/all' }],
  'a slash at the end': [400, { path: '/catalog/lookup/' }],
  'a doubled slash': [400, { path: '//catalog/lookup' }],
  'a dot segment': [400, { path: '/x/../catalog/lookup' }],
  'an encoded dot segment': [400, { path: '/x/%2e%2e/catalog/lookup' }],
  'an encoded slash': [400, { path: '/catalog%2flookup' }],
  'a broken escape': [400, { path: '/catalog/%zzlookup' }],
  'an escape that is no UTF-8': [400, { path: '/catalog/%fflookup' }],
  'a query that the contract does not have': [400, { path: '/catalog/lookup?sku=A1' }],
  'an absolute address': [400, { path: 'https://catalog/catalog/lookup' }],
  'the prototype as operation': [404, { path: '/catalog/__proto__' }],
  'another case': [404, { path: '/catalog/Lookup' }],
  'a host twice': [400, { headers: { host: ['catalog', 'pricing'] } }],
  'an upgrade': [400, { headers: { upgrade: 'websocket', connection: 'upgrade' } }],
  'an expectation': [417, { headers: { expect: 'a miracle' } }],
  'no JSON': [400, { body: '{"sku":' }],
  'no body': [400, { body: '' }],
  'a body that is no UTF-8': [400, { body: new Uint8Array([0x22, 0xff, 0x22]) }],
  'a body that is too deep': [400, { body: `${'['.repeat(33)}${']'.repeat(33)}` }],
  'a body that reaches for the prototype': [400, { body: '{"__proto__":{"admin":true},"sku":"A1"}' }],
  'a body that is too large': [413, { body: JSON.stringify({ sku: 'A'.repeat(1_048_576) }) }],
  'a body of another shape': [400, { body: '[]' }],
}
for (const [name, [status, raw]] of Object.entries(refusals))
  test(`refuses ${name} with ${status}`, async (test) => {
    const { town, ask } = await openCatalog(test)
    const reply = await ask(raw)
    assert.equal(reply.status, status)
    assert.equal(reply.headers['content-type'], 'application/problem+json')
    assert.equal(reply.body['status'], status)
    assert.doesNotMatch(reply.text, /\.ts|node_modules|\bat [\w.]+ \(/)
    assert.equal(town.lines.length, 1)
  })

test('a body in chunks is cut off where it gets too large', async (test) => {
  const { target } = await openCatalog(test)
  const socket = await open(target)
  const reply = readAll(socket)
  socket.write(
    'POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  )
  const chunk = 'A'.repeat(65_536)
  for (let index = 0; index < 17 && socket.writable; index += 1) socket.write(`10000\r\n${chunk}\r\n`)
  assert.match(await reply, /^HTTP\/1\.1 413 /)
})

test('a body that comes too slowly meets the deadline, and the connection ends', async (test) => {
  const { target } = await openCatalog(test)
  const socket = await open(target)
  const reply = readAll(socket)
  socket.write(
    'POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\ncontent-type: application/json\r\ncontent-length: 12\r\nplimsoll-deadline: 50\r\n\r\n{"s',
  )
  assert.match(await reply, /^HTTP\/1\.1 504 /)
})

test('headers that come too slowly end the connection', async (test) => {
  const { target } = await openCatalog(test, { limits: { requestTimeoutMs: 200 } })
  const socket = await open(target)
  const reply = readAll(socket)
  socket.write('POST /catalog/lookup HTTP/1.1\r\nhost: cat')
  assert.match(await reply, /^HTTP\/1\.1 408 /)
})

test('headers that are too large are refused', async (test) => {
  const { target } = await openCatalog(test)
  const socket = await open(target)
  const reply = readAll(socket)
  socket.write(`POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\nx-filler: ${'x'.repeat(17_000)}\r\n\r\n`)
  const text = await reply
  assert.match(text, /^HTTP\/1\.1 431 /)
  assert.match(text, /application\/problem\+json/)
})

const smuggled: Readonly<Record<string, string>> = {
  'both length and chunks': 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'two lengths': 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  'a header that is folded': 'x-a: b\r\n c\r\ncontent-length : 2\r\n\r\n{}',
}
for (const [name, rest] of Object.entries(smuggled))
  test(`refuses a request with ${name}`, async (test) => {
    const { target } = await openCatalog(test)
    const socket = await open(target)
    const reply = readAll(socket)
    socket.write(
      `POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\ncontent-type: application/json\r\n${rest}`,
    )
    assert.match(await reply, /^HTTP\/1\.1 400 /)
  })

test('more calls at once than allowed are sent away before they begin', async (test) => {
  const { ask } = await openCatalog(test, { limits: { maxRunning: 0 } })
  assert.equal((await ask({})).status, 503)
})

test('without a certificate no request is ever read', async (test) => {
  const { town, target } = await openCatalog(test)
  const [host, port] = target.address.split(':')
  const socket = connectTls({
    host,
    port: Number(port),
    ca: town.authority.bundle,
    servername: '',
    checkServerIdentity: () => undefined,
  })
  const reply = readAll(socket)
  socket.write('POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\n\r\n')
  assert.equal(await reply, '')
  assert.equal(town.lines[0]?.['event'], 'connection-refused')
})

test('plain HTTP gets no answer', async (test) => {
  const { target } = await openCatalog(test)
  const [host, port] = target.address.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  socket.write('POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\n\r\n')
  await closed
  assert.doesNotMatch(Buffer.concat(chunks).toString('latin1'), /HTTP/)
})

test('a certificate of another authority is refused, with the same trust domain and without', async (test) => {
  const { ask, town } = await openCatalog(test)
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-foreign-'))
  test.after(() => rm(folder, { recursive: true }))
  for (const domain of [trustDomain, 'evil.test']) {
    const foreign = issue(openAuthority(join(folder, domain), domain), { kind: 'service', name: 'pricing' })
    // It trusts the true authority, so that only the server can object.
    const credentials = { ...foreign, bundle: town.authority.bundle }
    await assert.rejects(ask({ credentials }))
  }
  assert.deepEqual(new Set(town.lines.map((line) => line['event'])), new Set(['connection-refused']))
})

test('an expired certificate is refused', async (test) => {
  const { ask, town } = await openCatalog(test)
  const credentials = town.credentials('service', 'pricing', 1_000)
  await sleep(Math.max(0, credentials.notAfter - Date.now()) + 1_100)
  await assert.rejects(ask({ credentials }))
})

test('a certificate that expires while its connection is open is refused from then on', async (test) => {
  const { target, town } = await openCatalog(test)
  const credentials = town.credentials('service', 'pricing', 2_000)
  const socket = await open({ ...target, credentials })
  await sleep(Math.max(0, credentials.notAfter - Date.now()) + 1_100)
  const reply = readAll(socket)
  socket.write(
    'POST /catalog/lookup HTTP/1.1\r\nhost: catalog\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"sku":"A1"}',
  )
  assert.match(await reply, /^HTTP\/1\.1 401 /)
})

test('renewed credentials are shown to the next connection', async (test) => {
  const town = await openTown(test)
  const old = town.credentials('service', 'catalog')
  let current = old
  const { address } = await town.serve(catalogService, { credentials: () => current })
  const target = { address, service: 'catalog', credentials: town.credentials('service', 'pricing') }
  const serial = async () => {
    const socket = await open(target)
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }
  const before = await serial()
  assert.equal(await serial(), before)
  current = town.credentials('service', 'catalog')
  assert.notEqual(await serial(), before)
})
