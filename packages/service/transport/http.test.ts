import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2'
import { text } from 'node:stream/consumers'
import { suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientTls, spiffeId, type Credentials } from '@plimsoll/identity'
import { openTown, trustDomain } from '../testing/town.ts'
import { warehouse, warehouseService, type Gauge } from '../testing/warehouse.ts'
import { open, send, type RawRequest } from '../testing/wire.ts'

const lines = { 'content-type': 'application/x-ndjson' }
const bytes = { 'content-type': 'application/octet-stream' }

async function openWarehouse(test: TestContext) {
  const gauge: Gauge = { made: 0, stopped: 0 }
  const town = await openTown(test)
  const { address } = await town.serve(warehouseService(gauge))
  for (const operation of Object.keys(warehouse.operations))
    town.allow(`warehouse.${operation}`, 'service/pricing')
  const credentials = town.credentials('service', 'pricing')
  const target = { address, service: 'warehouse', credentials }
  const over1 = (raw: Partial<RawRequest>) => send({ ...target, path: '/', method: 'GET', body: '', ...raw })
  const session = openSession(test, target)
  const over2 = (raw: Partial<RawRequest>) => sendOverHttp2(session, raw)
  return { town, target, gauge, session, over: { 'HTTP/1.1': over1, 'HTTP/2': over2 } }
}

function openSession(
  test: TestContext,
  { address, credentials }: { readonly address: string; readonly credentials: Credentials },
): ClientHttp2Session {
  const tls = clientTls(credentials, spiffeId(trustDomain, 'service', 'warehouse'))
  const session = connectHttp2(`https://${address}`, { ...tls, ALPNProtocols: ['h2'] })
  session.on('error', () => undefined)
  test.after(() => session.destroy())
  return session
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

async function sendOverHttp2(session: ClientHttp2Session, raw: Partial<RawRequest>): Promise<Reply> {
  const { method = 'GET', path = '/', headers = {}, body = '' } = raw
  const stream = session.request(
    {
      ':method': method,
      ':path': path,
      'content-type': 'application/json',
      ...(headers as Record<string, string>),
    },
    { endStream: body === '' },
  )
  if (body !== '') stream.end(body)
  const answered = Promise.withResolvers<Readonly<Record<string, unknown>>>()
  stream.on('response', answered.resolve)
  stream.on('error', answered.reject)
  const [received, content] = await Promise.all([answered.promise, text(stream)])
  const isJson =
    String(received['content-type']).includes('json') && content.startsWith('{') && !content.includes('\n')
  return {
    status: Number(received[':status']),
    headers: received,
    text: content,
    body: isJson ? (JSON.parse(content) as Reply['body']) : {},
  }
}

const json = { 'content-type': 'application/json' }

for (const version of ['HTTP/1.1', 'HTTP/2'] as const)
  suite(`over ${version}`, () => {
    test('an operation is where its OpenAPI document says, and looks as it says', async (test) => {
      const { over } = await openWarehouse(test)
      const reply = await over[version]({ path: '/stock/A1?shelf=7&tags=a&tags=b' })
      assert.equal(reply.status, 200)
      assert.equal(reply.headers['content-type'], 'application/json')
      assert.deepEqual(reply.body, { sku: 'A1', shelf: 7, tags: ['a', 'b'] })
      const declared = await over[version]({ path: '/stock/Z9' })
      assert.equal(declared.status, 404)
      assert.deepEqual([declared.body['code'], declared.body['data']], ['UNKNOWN_SKU', { sku: 'Z9' }])
    })

    const refusals: readonly (readonly [string, number, Partial<RawRequest>])[] = [
      ['a parameter that stands twice', 400, { path: '/stock/A1?shelf=1&shelf=2' }],
      ['a parameter that is no number', 400, { path: '/stock/A1?shelf=0x1' }],
      ['a parameter that is not declared', 400, { path: '/stock/A1?__proto__=1' }],
      ['an address that is none', 404, { path: '/stock' }],
      ['another method', 405, { path: '/stock/A1', method: 'DELETE' }],
      ['a broken escape', 400, { path: '/stock/%zz' }],
      ['a hidden slash', 400, { path: '/stock/a%2fb' }],
      [
        'items of another type',
        415,
        { path: '/totals', method: 'POST', body: '{"number":1}', headers: json },
      ],
      [
        'an item that does not fit',
        400,
        { path: '/totals', method: 'POST', body: '{"number":-1}\n', headers: lines },
      ],
      [
        'an item that is no JSON',
        400,
        { path: '/totals', method: 'POST', body: '{"number":\n', headers: lines },
      ],
      [
        'an empty line',
        400,
        { path: '/totals', method: 'POST', body: '{"number":1}\n\n{"number":1}\n', headers: lines },
      ],
      [
        'an item that is too large',
        400,
        { path: '/totals', method: 'POST', body: `{"number":1${' '.repeat(300)}}\n`, headers: lines },
      ],
      ['no items at all', 400, { path: '/totals', method: 'POST', body: '', headers: lines }],
      [
        'a file of another type',
        415,
        { path: '/small', method: 'POST', body: 'abc', headers: { 'content-type': 'text/html' } },
      ],
      [
        'a file that says that it is too large',
        413,
        {
          path: '/small',
          method: 'POST',
          body: 'a'.repeat(1_001),
          headers: { ...bytes, 'content-length': '1001' },
        },
      ],
      [
        'an encoded file',
        415,
        { path: '/small', method: 'POST', body: 'abc', headers: { ...bytes, 'content-encoding': 'gzip' } },
      ],
    ]
    for (const [name, status, raw] of refusals)
      test(`refuses ${name} with ${status}`, async (test) => {
        const { over } = await openWarehouse(test)
        const reply = await over[version](raw)
        assert.equal(reply.status, status, reply.text)
        assert.equal(reply.headers['content-type'], 'application/problem+json')
        assert.equal(reply.body['status'], status)
        if (status === 405) assert.equal(reply.headers['allow'], 'GET, HEAD')
      })

    test('a caller who may call nothing learns not even what there is', async (test) => {
      const { over, town: own } = await openWarehouse(test)
      for (const operation of Object.keys(warehouse.operations)) own.allow(`warehouse.${operation}`)
      const replies = await Promise.all(
        ['/stock/A1', '/nothing', '/stock/A1?wrong=1'].map((path) => over[version]({ path })),
      )
      assert.deepEqual(
        replies.map(({ status }) => status),
        [403, 403, 403],
      )
      assert.equal(new Set(replies.map((reply) => reply.text)).size, 1)
    })

    test('a stream comes as lines, or as server-sent events for who asks for them', async (test) => {
      const { over } = await openWarehouse(test)
      const plain = await over[version]({ path: '/counts?to=3' })
      assert.equal(plain.headers['content-type'], 'application/x-ndjson')
      assert.equal(plain.text, '{"number":0}\n{"number":1}\n{"number":2}\n')
      const events = await over[version]({ path: '/counts?to=2', headers: { accept: 'text/event-stream' } })
      assert.equal(events.headers['content-type'], 'text/event-stream')
      assert.equal(events.text, 'data: {"number":0}\n\ndata: {"number":1}\n\nevent: end\ndata:\n\n')
      const declared = await over[version]({ path: '/counts?to=2000000' })
      assert.deepEqual([declared.status, declared.body['code']], [422, 'TOO_MANY'])
    })

    test('a stream that breaks never looks complete, and tells nothing of its inside', async (test) => {
      const { over, town } = await openWarehouse(test)
      for (const path of ['/broken', '/misfit', '/stuck'])
        await assert.rejects(over[version]({ path }), (thrown) => thrown instanceof Error, path)
      for (const [path, code] of [
        ['/broken', 'INTERNAL'],
        ['/misfit', 'INVALID_OUTPUT'],
        ['/stuck', 'DEADLINE_EXCEEDED'],
        ['/brief', 'DEADLINE_EXCEEDED'],
      ] as const) {
        const reply = await over[version]({ path, headers: { accept: 'text/event-stream' } })
        assert.match(reply.text, new RegExp(`event: problem\\ndata: \\{.*"${code}"`), path)
        assert.doesNotMatch(reply.text, /event: end|hunter2/)
      }
      assert.ok(town.lines.some((line) => line['event'] === 'stream-failed'))
    })

    test('dates, bytes and big integers are texts, and come back the same', async (test) => {
      const { over } = await openWarehouse(test)
      const value = { at: '2026-11-24T12:00:00.000Z', bytes: 'AAECAw==', cents: '12345678901234567890123' }
      const post = { path: '/values', method: 'POST', headers: json }
      assert.deepEqual((await over[version]({ ...post, body: JSON.stringify(value) })).body, value)
      for (const wrong of [
        { at: '2026-02-30T12:00:00Z' },
        { bytes: 'A' },
        { cents: 12 },
        { cents: '0x10' },
      ]) {
        const reply = await over[version]({ ...post, body: JSON.stringify({ ...value, ...wrong }) })
        assert.equal(reply.status, 400, JSON.stringify(wrong))
      }
    })

    test('a stream goes in, and both ways at once', async (test) => {
      const { over } = await openWarehouse(test)
      const post = { method: 'POST', headers: lines, body: '{"number":1}\n{"number":2}\n{"number":3}' }
      assert.deepEqual((await over[version]({ ...post, path: '/totals' })).body, { total: 6 })
      const doubled = await over[version]({ ...post, path: '/doubles/10' })
      assert.equal(doubled.text, '{"number":10}\n{"number":20}\n{"number":30}\n')
    })

    test('a file goes in and comes out, of the size that was said', async (test) => {
      const { over } = await openWarehouse(test)
      const body = Buffer.from('not really a picture')
      const uploaded = await over[version]({ path: '/files/cat', method: 'PUT', headers: bytes, body })
      const digest = createHash('sha256').update(body).digest('hex')
      assert.deepEqual(uploaded.body, {
        name: 'cat',
        type: 'application/octet-stream',
        size: body.length,
        digest,
      })
      const said = await over[version]({ path: '/files/cat?size=100000' })
      assert.equal(said.headers['content-type'], 'application/octet-stream')
      assert.equal(said.headers['content-length'], '100000')
      assert.equal(said.text.length, 100_000)
      const unsaid = await over[version]({ path: '/files/cat?size=100000&said=false' })
      assert.equal(unsaid.text.length, 100_000)
    })

    test('who does not read gets no more made, and who leaves stops the handler', async (test) => {
      const { target, gauge, session } = await openWarehouse(test)
      const leave = await (version === 'HTTP/2' ? hangOver2(session) : hangOver1(target))
      await quiet(() => gauge.made)
      assert.ok(gauge.made > 10 && gauge.made < 50_000, String(gauge.made))
      leave()
      await eventually(() => gauge.stopped === 1)
    })
  })

/** Asks for a stream and reads nothing of it. */
async function hangOver1(target: Parameters<typeof open>[0]): Promise<() => void> {
  const socket = await open(target)
  socket.pause()
  socket.write('GET /endless HTTP/1.1\r\nhost: warehouse\r\n\r\n')
  return () => socket.destroy()
}

async function hangOver2(session: ClientHttp2Session): Promise<() => void> {
  const stream = session.request({ ':path': '/endless' })
  stream.on('error', () => undefined)
  stream.pause()
  return () => stream.close(constants.NGHTTP2_CANCEL)
}

/** Until a number has stopped to grow. */
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
