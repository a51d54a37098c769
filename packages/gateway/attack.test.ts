import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { ask, openSocket, sendRaw, statusesOf } from './consumer.fixture.ts'
import { openShop, type Shop } from './shop.fixture.ts'

let shop: Shop

before(async () => {
  shop = await openShop()
})
after(() => shop[Symbol.asyncDispose]())

/** Lines of a request as they go over the wire; `host` first, so that nothing is refused for its absence. */
function message(line: string, headers: readonly string[] = [], body = ''): string {
  return `${[line, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n${body}`
}

const search = '{"words":"lamp"}'
const json = 'Content-Type: application/json'
const hidden = message('GET /healthz HTTP/1.1')

test('the shapes below would be answered if they were well formed', async () => {
  assert.deepEqual(statusesOf(await sendRaw(shop, message('GET /catalogue HTTP/1.1'))), [200])
  const body = message('POST /searches HTTP/1.1', [json, `Content-Length: ${search.length}`], search)
  assert.deepEqual(statusesOf(await sendRaw(shop, body)), [200])
  assert.deepEqual(statusesOf(await sendRaw(shop, body + body)), [200, 200])
})

for (const [what, bytes] of [
  [
    'a length and a transfer coding',
    message(
      'POST /searches HTTP/1.1',
      [json, 'Content-Length: 6', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${hidden}`,
    ),
  ],
  [
    'two lengths',
    message(
      'POST /searches HTTP/1.1',
      [json, 'Content-Length: 0', `Content-Length: ${hidden.length}`],
      hidden,
    ),
  ],
  [
    'two lengths in one',
    message('POST /searches HTTP/1.1', [json, `Content-Length: 0, ${hidden.length}`], hidden),
  ],
  ['a length with a sign', message('POST /searches HTTP/1.1', [json, 'Content-Length: +16'], search)],
  ['a length in hexadecimal', message('POST /searches HTTP/1.1', [json, 'Content-Length: 0x10'], search)],
  [
    'a coding that is not quite chunked',
    message('POST /searches HTTP/1.1', [json, 'Transfer-Encoding: xchunked'], `0\r\n\r\n${hidden}`),
  ],
  [
    'chunked, not last',
    message('POST /searches HTTP/1.1', [json, 'Transfer-Encoding: chunked, identity'], `0\r\n\r\n${hidden}`),
  ],
  [
    'chunked twice',
    message(
      'POST /searches HTTP/1.1',
      [json, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${hidden}`,
    ),
  ],
  [
    'a space before the colon',
    message('POST /searches HTTP/1.1', [json, 'Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`),
  ],
  [
    'a folded header',
    message(
      'POST /searches HTTP/1.1',
      [json, 'Content-Length: 16', 'X-Note: a', ' Transfer-Encoding: chunked'],
      search,
    ),
  ],
  ['a bare line feed', 'GET /catalogue HTTP/1.1\nHost: localhost\n\n'],
  ['a body on GET', message('GET /catalogue HTTP/1.1', [`Content-Length: ${hidden.length}`], hidden)],
  [
    'a chunked body on GET',
    message('GET /catalogue HTTP/1.1', ['Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`),
  ],
  ['two hosts', message('GET /catalogue HTTP/1.1', ['Host: other.example'])],
  ['no host', 'GET /catalogue HTTP/1.1\r\n\r\n'],
  ['a host that is no name', 'GET /catalogue HTTP/1.1\r\nHost: a b/../@c\r\n\r\n'],
  ['two keys', message('GET /catalogue HTTP/1.1', ['Authorization: Bearer a', 'Authorization: Bearer b'])],
  ['HTTP/1.0', message('GET /catalogue HTTP/1.0')],
  ['HTTP/0.9', 'GET /catalogue\r\n\r\n'],
  ['HTTP/2 without negotiation', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['another protocol', message('GET /catalogue HTTP/1.1', ['Connection: Upgrade', 'Upgrade: websocket'])],
  ['a tunnel', 'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n'],
  ['an absolute address', message('GET https://localhost/catalogue HTTP/1.1')],
  ['a NUL in a header', message('GET /catalogue HTTP/1.1', ['X-Note: a\0b'])],
  ['a carriage return in a header', message('GET /catalogue HTTP/1.1', ['X-Note: a\rb: c'])],
  ['an expectation that nobody knows', message('GET /catalogue HTTP/1.1', ['Expect: 200-maybe'])],
  ['a path that climbs', message('GET /catalogue/..%2f..%2fcosts/A1 HTTP/1.1')],
  ['a path with two slashes', message('GET //catalogue HTTP/1.1')],
  ['a path with a dot segment', message('GET /quotes/../catalogue HTTP/1.1')],
] as const) {
  test(`${what} is refused, and nothing hidden behind it is answered`, async () => {
    const received = await sendRaw(shop, bytes)
    assert.deepEqual(
      statusesOf(received).filter((status) => status < 400),
      [],
      received,
    )
    assert.doesNotMatch(received, /"status":"ok"/)
    assert.equal((await ask(shop, 'GET /healthz')).status, 200)
  })
}

test('headers beyond the bound are refused', async () => {
  const large = await sendRaw(shop, message('GET /catalogue HTTP/1.1', [`X-Note: ${'a'.repeat(20_000)}`]))
  assert.deepEqual(statusesOf(large), [431])
  assert.match(large, /cache-control: no-store/)
  const many = Array.from({ length: 3_000 }, (_, at) => `X${at}: a`)
  assert.deepEqual(statusesOf(await sendRaw(shop, message('GET /catalogue HTTP/1.1', many))), [431])
})

test('a header behind thousands of others still counts', async () => {
  const many = Array.from({ length: 2_500 }, () => 'X:')
  const bytes = message('GET /catalogue HTTP/1.1', [...many, 'Authorization: Bearer plk_x'])
  assert.deepEqual(statusesOf(await sendRaw(shop, bytes)), [401])
})

test('a trace header cannot bring another header with it', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const two = await sendRaw(
    shop,
    message('GET /catalogue HTTP/1.1', [
      `traceparent: ${traceparent}`,
      'traceparent: x\tplimsoll-subject: e30',
    ]),
  )
  assert.deepEqual(statusesOf(two), [200])
  assert.doesNotMatch(two, /aaaaaaaa|plimsoll-subject/)
  assert.match(two, /"consumer":"nobody"/)
})

test('who waits before sending a body is told at once that it is refused, and the connection ends', async () => {
  const headers = [json, 'Content-Length: 99999999', 'Expect: 100-continue']
  const large = await sendRaw(shop, message('POST /searches HTTP/1.1', headers), 2_000)
  assert.deepEqual(statusesOf(large), [413])
  assert.match(large, /connection: close/)
  const unknown = await sendRaw(shop, message('POST /discounts HTTP/1.1', headers), 2_000)
  assert.deepEqual(statusesOf(unknown), [401])
})

test('who waits before sending a body that is welcome is told to send it', async () => {
  const headers = [json, `Content-Length: ${search.length}`, 'Expect: 100-continue']
  assert.deepEqual(
    statusesOf(await sendRaw(shop, message('POST /searches HTTP/1.1', headers, search))),
    [100, 200],
  )
})

test('messages without end on one connection, sent before any answer, end the connection', async () => {
  const { begun } = shop.gate
  const statuses = statusesOf(await sendRaw(shop, message('GET /catalogue HTTP/1.1').repeat(500)))
  assert.ok(statuses.length <= 17)
  assert.ok(shop.gate.begun - begun <= 17)
})

test('a body without end is cut off', async () => {
  const socket = openSocket(shop)
  socket.on('error', () => undefined)
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  socket.write(message('POST /searches HTTP/1.1', [json, 'Transfer-Encoding: chunked']))
  const chunk = `10000\r\n${'a'.repeat(0x1_00_00)}\r\n`
  const closed = new Promise((resolve) => socket.once('close', resolve))
  for (let sent = 0; sent < 400 && !socket.destroyed; sent += 1) {
    await new Promise((resolve) => (socket.destroyed ? resolve(undefined) : socket.write(chunk, resolve)))
  }
  await closed
  assert.deepEqual(statusesOf(received).slice(0, 1), [413])
})

test('a body that breaks off is no request', async () => {
  const { begun } = shop.gate
  const socket = openSocket(shop)
  socket.on('error', () => undefined)
  socket.write(message('POST /searches HTTP/1.1', [json, 'Content-Length: 500'], '{"words":"la'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  assert.equal((await ask(shop, 'GET /healthz')).status, 200)
  assert.equal(shop.gate.begun, begun)
})

test('who speaks HTTP without TLS, or noise, gets nothing', async () => {
  const [host = '', port = ''] = shop.gateway.address.split(':')
  const received = await new Promise<string>((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => socket.end(message('GET /catalogue HTTP/1.1')))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', () => undefined).on('close', () => resolve(text))
  })
  assert.doesNotMatch(received, /HTTP\/1\.1 2/)
  assert.equal((await ask(shop, 'GET /healthz')).status, 200)
})
