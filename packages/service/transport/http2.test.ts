import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { h2, h2Frame, headerBlock, RawHttp2, type H2Frame } from '../testing/raw-http2.ts'
import { openTown } from '../testing/town.ts'
import { warehouse, warehouseService, type Gauge } from '../testing/warehouse.ts'

async function openRaw(test: TestContext) {
  const gauge: Gauge = { made: 0, stopped: 0 }
  const town = await openTown(test)
  const { address } = await town.serve(warehouseService(gauge))
  for (const operation of Object.keys(warehouse.operations))
    town.allow(`warehouse.${operation}`, 'service/pricing')
  const target = { address, service: 'warehouse', credentials: town.credentials('service', 'pricing') }
  const open = async () => {
    const raw = await RawHttp2.open(target)
    test.after(() => raw.destroy())
    return raw
  }
  return { town, gauge, open }
}

type Fields = readonly (readonly [string, string])[]

const good: Fields = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'warehouse'],
  [':path', '/stock/A1'],
]
const without = (name: string): Fields => good.filter(([field]) => field !== name)
const instead = (name: string, value: string): Fields =>
  good.map(([field, before]) => [field, field === name ? value : before])

const whole = h2.endHeaders | h2.endStream
const request = (stream: number, fields: Fields) => h2Frame(h2.headers, whole, stream, headerBlock(fields))
/** Indexed `:status: 200`, `204` or `206` of the static table (RFC 7541, appendix A). */
const isSuccess = ({ type, payload }: H2Frame) =>
  type === h2.headers && [0x88, 0x89, 0x8a].includes(payload[0] ?? 0)
const isAnswer = ({ type, stream }: H2Frame) =>
  (stream === 1 && (type === h2.headers || type === h2.reset)) || type === h2.goaway

test('a proper request is answered', async (test) => {
  const raw = await (await openRaw(test)).open()
  raw.write(request(1, good))
  assert.ok(isSuccess((await raw.until(isAnswer)) ?? assert.fail('no answer')))
})

const abuses: Readonly<Record<string, Fields>> = {
  'no path': without(':path'),
  'no method': without(':method'),
  'no scheme': without(':scheme'),
  'no host at all': without(':authority'),
  'an empty path': instead(':path', ''),
  'a path in the absolute form': instead(':path', 'https://warehouse/stock/A1'),
  'a path without its slash': instead(':path', 'stock/A1'),
  'a path with a dot segment': instead(':path', '/x/../stock/A1'),
  'a path with a blank': instead(':path', '/stock/A1 HTTP/1.1'),
  'a path with a line feed': instead(':path', '/stock/A1\r\nx: y'),
  'a fragment': instead(':path', '/stock/A1#top'),
  'the path twice': [...good, [':path', '/stock/B2']],
  'the method twice': [...good, [':method', 'DELETE']],
  'a pseudo-header behind a header': [...without(':path'), ['accept', '*/*'], [':path', '/stock/A1']],
  'a pseudo-header of a response': [...good, [':status', '200']],
  'a pseudo-header that is none': [...good, [':admin', 'true']],
  'an extended CONNECT': [...instead(':method', 'CONNECT'), [':protocol', 'websocket']],
  'a plain CONNECT': [
    [':method', 'CONNECT'],
    [':authority', 'warehouse:443'],
  ],
  'a name in capitals': [...good, ['Accept', '*/*']],
  'the header connection': [...good, ['connection', 'close']],
  'the header transfer-encoding': [...good, ['transfer-encoding', 'chunked']],
  'the header upgrade': [...good, ['upgrade', 'h2c']],
  'the header keep-alive': [...good, ['keep-alive', 'timeout=5']],
  'a te other than trailers': [...good, ['te', 'gzip']],
  'another host than its authority': [...good, ['host', 'pricing']],
  'an authority with a user': instead(':authority', 'admin@warehouse'),
  'a length without a body': [...good, ['content-length', '5']],
}
for (const [name, fields] of Object.entries(abuses))
  test(`a request with ${name} is not served`, async (test) => {
    const { open } = await openRaw(test)
    const raw = await open()
    raw.write(request(1, fields))
    const answer = await raw.until(isAnswer)
    assert.ok(answer !== undefined || raw.closed)
    assert.equal(raw.frames.some(isSuccess), false)
    const next = await open()
    next.write(request(1, good))
    assert.ok(isSuccess((await next.until(isAnswer)) ?? assert.fail('nobody else is served any more')))
  })

/** nghttp2 takes such fields away before Node has them; all that can be seen is that they do nothing. */
const dropped: Readonly<Record<string, Fields>> = {
  'a name with a blank': [...good, ['x y', 'z']],
  'a name with a colon': [...good, ['x:y', 'z']],
  'a value with a line feed': [...good, ['x', 'y\r\nhost: other']],
  'a value with a zero': [...good, ['x', 'y\0z']],
  'a deadline with a line feed': [...good, ['plimsoll-deadline', '1\r\n']],
}
for (const [name, fields] of Object.entries(dropped))
  test(`${name} is a field that nobody sees`, async (test) => {
    const raw = await (await openRaw(test)).open()
    raw.write(request(1, fields))
    const answer = (await raw.until(isAnswer)) ?? assert.fail('no answer')
    assert.ok(isSuccess(answer))
  })

test('a body of another length than was said is not served', async (test) => {
  const { open } = await openRaw(test)
  for (const length of ['3', '30']) {
    const raw = await open()
    const fields: Fields = [
      ...instead(':method', 'POST').filter(([name]) => name !== ':path'),
      [':path', '/small'],
    ]
    const ordered = [
      ...fields.filter(([name]) => name.startsWith(':')),
      ['content-type', 'application/octet-stream'],
      ['content-length', length],
    ] as const
    raw.write(
      h2Frame(h2.headers, h2.endHeaders, 1, headerBlock(ordered)),
      h2Frame(h2.data, h2.endStream, 1, Buffer.from('hello')),
    )
    await raw.until(isAnswer)
    assert.equal(raw.frames.some(isSuccess), false, length)
  }
})

test('whoever asks and takes back without end loses the connection, and nobody else', async (test) => {
  const { open } = await openRaw(test)
  const raw = await open()
  const endless = instead(':path', '/endless')
  for (let stream = 1; stream < 2_000 && !raw.closed; stream += 2) {
    const reset = h2Frame(h2.reset, 0, stream, Buffer.from([0, 0, 0, 8]))
    raw.write(h2Frame(h2.headers, whole, stream, headerBlock(endless)), reset)
  }
  await raw.until(({ type }) => type === h2.goaway)
  assert.ok(raw.closed || raw.frames.some(({ type }) => type === h2.goaway))
  const next = await open()
  next.write(request(1, good))
  assert.ok(isSuccess((await next.until(isAnswer)) ?? assert.fail('nobody else is served any more')))
})

test('a head without end is cut off, whether it comes at once or bit by bit', async (test) => {
  const { open } = await openRaw(test)
  const filler = headerBlock(Array.from({ length: 100 }, (_, at) => [`x-${at}`, 'y'.repeat(100)] as const))
  const raw = await open()
  raw.write(h2Frame(h2.headers, h2.endStream, 1, headerBlock(good)))
  for (let count = 0; count < 200 && !raw.closed; count += 1) {
    raw.write(h2Frame(h2.continuation, 0, 1, filler))
    await new Promise((resolve) => setImmediate(resolve))
  }
  raw.write(h2Frame(h2.continuation, h2.endHeaders, 1))
  await raw.until(isAnswer)
  assert.equal(raw.frames.some(isSuccess), false)
  const next = await open()
  next.write(request(1, good))
  assert.ok(isSuccess((await next.until(isAnswer)) ?? assert.fail('nobody else is served any more')))
})

test('frames that ask for answers do not pile answers up', async (test) => {
  const { open } = await openRaw(test)
  const floods = [
    h2Frame(h2.ping, 0, 0, Buffer.alloc(8)),
    h2Frame(h2.settings, 0, 0),
    h2Frame(h2.data, 0, 1, Buffer.alloc(1)),
  ]
  for (const flood of floods) {
    const raw = await open()
    for (let count = 0; count < 100 && !raw.closed; count += 1) {
      raw.write(...Array.from({ length: 100 }, () => flood))
      await new Promise((resolve) => setImmediate(resolve))
    }
    raw.destroy()
  }
  const next = await open()
  next.write(request(1, good))
  assert.ok(isSuccess((await next.until(isAnswer)) ?? assert.fail('nobody else is served any more')))
})

test('one connection has a bounded number of requests at a time', async (test) => {
  const { open, gauge } = await openRaw(test)
  const raw = await open()
  // Nothing is read of the answers, because nothing gives them room.
  for (let stream = 1; stream < 600; stream += 2) raw.write(request(stream, instead(':path', '/endless')))
  await raw.until(({ type, stream }) => type === h2.reset && stream > 256)
  const answered = new Set(raw.frames.filter(isSuccess).map(({ stream }) => stream))
  assert.ok(answered.size <= 128, String(answered.size))
  assert.ok(gauge.made < 128 * 200, String(gauge.made))
})
