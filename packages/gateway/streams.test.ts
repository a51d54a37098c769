import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, openSocket } from './consumer.fixture.ts'
import { openShop, type Shop } from './shop.fixture.ts'

const lines = { 'content-type': 'application/x-ndjson' }
const bytes = { 'content-type': 'application/octet-stream' }

let shop: Shop

before(async () => {
  shop = await openShop()
})
after(() => shop[Symbol.asyncDispose]())

test('a stream comes out as lines, or as server-sent events', async () => {
  const plain = await begin('GET /ticks?to=2')
  assert.equal(plain.headers['content-type'], 'application/x-ndjson')
  assert.equal(plain.headers['cache-control'], 'no-store')
  assert.match(String(plain.headers['x-request-id']), /^[0-9a-f]{32}$/)
  assert.equal(await textOf(plain), '{"number":0,"text":""}\n{"number":1,"text":""}\n')
  const events = await begin('GET /ticks?to=1', { accept: 'text/event-stream' })
  assert.equal(await textOf(events), 'data: {"number":0,"text":""}\n\nevent: end\ndata:\n\n')
})

test('a stream that breaks tells a consumer that it broke, and nothing else', async () => {
  await assert.rejects(begin('GET /ticks?to=9&text=broken').then(textOf))
  const events = await textOf(await begin('GET /ticks?to=9&text=broken', { accept: 'text/event-stream' }))
  assert.match(events, /event: problem\ndata: \{.*"status":502.*\}\n\n$/)
  assert.doesNotMatch(events, /hunter2|event: end/)
})

test('a stream goes in, each item checked on its way', async () => {
  const good = await ask(shop, 'POST /totals/a', { headers: lines, body: '{"number":1}\n{"number":2}\n' })
  assert.deepEqual(good.json, { name: 'a', total: 3 })
  const wrong: readonly (readonly [number, string])[] = [
    [400, '{"number":1}\n{"number":-2}\n'],
    [400, '{"number":1}\n{"number":\n'],
    [400, '{"number":1}\n\n'],
    [400, `{"number":1${' '.repeat(100)}}\n`],
    [400, '{"number":1,"number":2}\n'],
  ]
  for (const [status, body] of wrong) {
    const reply = await ask(shop, 'POST /totals/a', { headers: lines, body })
    assert.equal(reply.status, status, body)
    assert.equal((reply.json as { code: string }).code, 'INVALID_INPUT', body)
  }
  const json = { 'content-type': 'application/json' }
  assert.equal((await ask(shop, 'POST /totals/a', { headers: json, body: '{}' })).status, 415)
})

test('a file goes in and out without a change', async () => {
  const body = 'not really a picture'
  const uploaded = await ask(shop, 'PUT /files/a', { headers: bytes, body })
  const digest = createHash('sha256').update(body).digest('hex')
  assert.deepEqual(uploaded.json, { size: body.length, digest })
  const downloaded = await begin('GET /files/a?size=100000')
  assert.equal(downloaded.headers['content-length'], '100000')
  assert.deepEqual(Buffer.from(await textOf(downloaded)), Buffer.alloc(100_000))
})

test('a page that somebody put there is no page of this host', async () => {
  const html = { 'content-type': 'text/html' }
  const reply = await ask(shop, 'POST /notes', { headers: html, body: '<script>alert(1)</script>' })
  assert.equal(reply.text, '<script>alert(1)</script>')
  assert.equal(reply.headers['content-disposition'], 'attachment')
  assert.match(reply.headers['content-security-policy'] ?? '', /sandbox/)
  assert.equal(reply.headers['x-content-type-options'], 'nosniff')
})

test('a file of another type or size is refused', async () => {
  const html = { 'content-type': 'text/html' }
  const wrong: readonly (readonly [number, Readonly<Record<string, string>>, string])[] = [
    [415, bytes, 'abc'],
    [415, { 'content-type': 'text/html; charset=utf-8' }, 'abc'],
    [415, { ...html, 'content-encoding': 'gzip' }, 'abc'],
    [413, html, 'a'.repeat(1_001)],
    [413, { ...html, 'transfer-encoding': 'chunked', 'content-length': '' }, 'a'.repeat(100_000)],
  ]
  for (const [status, headers, body] of wrong) {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
    const reply =
      headers['transfer-encoding'] === undefined
        ? await ask(shop, 'POST /notes', { headers: sent, body })
        : await chunked('POST /notes', sent, body)
    assert.equal(reply.status, status, JSON.stringify(headers))
  }
})

test('a consumer that does not read holds up the handler, and one that leaves ends it', async () => {
  const before = { ...shop.gate }
  const socket = openSocket(shop)
  socket.on('error', () => undefined)
  socket.pause()
  socket.write(`GET /ticks?to=100000000&text=${'x'.repeat(1_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
  await quiet(() => shop.gate.ticks)
  const made = shop.gate.ticks - before.ticks
  assert.ok(made > 100 && made < 50_000, String(made))
  socket.destroy()
  await eventually(() => shop.gate.ended === before.ended + 1)
})

test('a large file passes both ways, and the process does not grow with it', async (test) => {
  const size = Number(process.env['PLIMSOLL_LARGE_BYTES'] ?? 96 * 1_024 * 1_024)
  const piece = Buffer.alloc(262_144)
  function* zeros() {
    for (let left = size; left > 0; left -= piece.length)
      yield left < piece.length ? piece.subarray(0, left) : piece
  }
  const expected = createHash('sha256')
  for (const part of zeros()) expected.update(part)
  const digest = expected.digest('hex')
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)
  test.after(() => clearInterval(timer))
  const uploaded = await upload(zeros())
  assert.deepEqual(JSON.parse(uploaded), { size, digest })
  const hash = createHash('sha256')
  await pipeline(await begin(`GET /files/a?size=${size}`), hash)
  assert.equal(hash.digest('hex'), digest)
  clearInterval(timer)
  const grown = (peak - before) / 1_024 / 1_024
  // Consumer, gateway and service are one process here.
  test.diagnostic(`${(size / 2 ** 20).toFixed(0)} MiB each way, ${grown.toFixed(0)} MiB more memory`)
  assert.ok(grown < 100, `${grown.toFixed(0)} MiB`)
})

async function upload(parts: Iterable<Buffer>): Promise<string> {
  const outgoing = open('PUT /files/a', bytes)
  const answered = Promise.withResolvers<IncomingMessage>()
  outgoing.on('response', answered.resolve).on('error', answered.reject)
  await pipeline(Readable.from(parts), outgoing)
  return await textOf(await answered.promise)
}

function open(line: string, headers: Readonly<Record<string, string>> = {}) {
  const [method, path] = line.split(' ')
  const url = `https://${shop.gateway.address}`
  return httpsRequest(url, { method, path, headers, agent: false, ca: shop.authority.bundle })
}

async function begin(line: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  const outgoing = open(line, headers)
  return await new Promise((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end()
  })
}

async function chunked(line: string, headers: Readonly<Record<string, string>>, body: string) {
  const outgoing = open(line, headers)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject)
    outgoing.write(body.slice(0, 500))
    outgoing.end(body.slice(500))
  })
  response.resume()
  return { status: response.statusCode }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function quiet(number: () => number): Promise<void> {
  for (let before = -1; number() !== before;) {
    before = number()
    await sleep(200)
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 200, 'it never came to hold')
    await sleep(25)
  }
}
