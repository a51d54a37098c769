import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test, type TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { clientTls, spiffeId } from '@plimsoll/identity'
import fc from 'fast-check'
import { catalogService } from '../../testing/shop.ts'
import { openPeer, type PeerCall } from '../../testing/peer.ts'
import { openTown, trustDomain } from '../../testing/town.ts'
import { connectFrames } from './client.ts'
import { Decoder } from './decoder.ts'
import {
  callFrame,
  frame,
  frameTypes,
  helloFrame,
  protocol,
  ProtocolError,
  readCall,
  readHello,
  readReply,
  replyFrame,
  type Frame,
} from './frame.ts'

const head = { operation: 'lookup', deadlineMs: 250, traceparent: '', tracestate: undefined, subject: '' }
const input = '{"sku":"A1"}'

function framesOf(chunks: readonly Buffer[], maxPayload = 65_536): Frame[] {
  const found: Frame[] = []
  const decoder = new Decoder(maxPayload, (one) => void found.push(one))
  for (const chunk of chunks) decoder.read(chunk)
  return found
}

suite('frames', () => {
  test('come out as they went in, however the bytes are cut', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(500)), (inputs, cuts) => {
        const bytes = Buffer.concat(inputs.map((one, at) => callFrame(at + 1, head, one)))
        const places = [
          0,
          ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
          bytes.length,
        ]
        const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
        const read = framesOf(chunks).map(({ call, payload }) => {
          const { head: got, inputAt } = readCall(payload)
          assert.deepEqual(got, head)
          return [call, payload.toString('utf8', inputAt)]
        })
        const written = inputs.map((one, at) => [at + 1, Buffer.from(one).toString()])
        assert.deepEqual(read, written)
      }),
    )
  })

  test('that were mutated are frames or a protocol error, and nothing larger than agreed is held', () => {
    const valid = Buffer.concat([
      helloFrame({ maxPayload: 1_000, maxCalls: 10 }),
      callFrame(1, { ...head, traceparent: 'x'.repeat(55), subject: 'y'.repeat(300) }, input),
      replyFrame(1, 0, 200, input),
      frame(frameTypes.goodbye, 7),
    ])
    let state = 42
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    for (let round = 0; round < 200_000; round += 1) {
      const bytes = Buffer.from(valid)
      for (let change = random(4); change >= 0; change -= 1) bytes[random(bytes.length)] = random(256)
      try {
        for (const { type, payload } of framesOf([bytes.subarray(0, random(bytes.length + 1))], 4_096)) {
          assert.ok(payload.length <= 4_096)
          if (type === frameTypes.call) readCall(payload)
          if (type === frameTypes.reply) readReply(payload)
          if (type === frameTypes.hello) readHello(payload)
        }
      } catch (thrown) {
        assert.ok(thrown instanceof ProtocolError, String(thrown))
      }
    }
  })
})

/** A connection of a workload that may call, to write anything on. */
async function open(
  test: TestContext,
): Promise<{ socket: TLSSocket; received: Frame[]; closed: Promise<unknown> }> {
  const town = await openTown(test)
  const { address } = await town.serve(catalogService, { limits: { maxInputBytes: 1_000 } })
  town.allow('catalog.lookup', 'service/pricing')
  const [host, port] = address.split(':')
  const socket = connect({
    ...clientTls(town.credentials('service', 'pricing'), spiffeId(trustDomain, 'service', 'catalog')),
    host,
    port: Number(port),
    ALPNProtocols: [protocol],
  })
  test.after(() => socket.destroy())
  socket.on('error', () => undefined)
  const received: Frame[] = []
  const decoder = new Decoder(65_536, (one) => void received.push(one))
  socket.on('data', (chunk: Buffer) => decoder.read(chunk))
  const closed = once(socket, 'close')
  await once(socket, 'secureConnect')
  return { socket, received, closed }
}

const hello = helloFrame({ maxPayload: 65_536, maxCalls: 0 })

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  assert.ok(holds())
}

suite('a replica that is spoken to in frames', () => {
  test('answers each call under its own number', async (test) => {
    const { socket, received } = await open(test)
    socket.write(
      Buffer.concat([
        hello,
        ...[3, 1, 2].map((id) => callFrame(id, head, `{"sku":"${id === 2 ? 'B2' : 'A1'}"}`)),
      ]),
    )
    await until(() => received.filter(({ type }) => type === frameTypes.reply).length === 3)
    const answers = received
      .filter(({ type }) => type === frameTypes.reply)
      .map(({ call, payload }) => [call, readReply(payload).body.toString()])
    assert.deepEqual(Object.fromEntries(answers), {
      1: '{"sku":"A1","price":250}',
      2: '{"sku":"B2","price":1900}',
      3: '{"sku":"A1","price":250}',
    })
  })

  test('answers a ping, and skips what a later version may send', async (test) => {
    const { socket, received } = await open(test)
    socket.write(
      Buffer.concat([
        hello,
        frame(0x90, 0, Buffer.from('later')),
        frame(frameTypes.ping, 0, Buffer.from('12345678')),
      ]),
    )
    await until(() => received.some(({ type }) => type === frameTypes.pong))
    assert.equal(received.find(({ type }) => type === frameTypes.pong)?.payload.toString(), '12345678')
  })

  const breaches: Readonly<Record<string, Buffer>> = {
    'a call before the hello': callFrame(1, head, input),
    'a hello of another version': frame(frameTypes.hello, 0, Buffer.alloc(9, 2)),
    'a hello larger than any': frame(frameTypes.hello, 0, Buffer.alloc(2_000)),
    'a frame larger than agreed': Buffer.concat([
      hello,
      Buffer.from([0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1]),
    ]),
    'an unknown frame that may not be skipped': Buffer.concat([hello, frame(0x40, 1)]),
    'a call without a number': Buffer.concat([hello, callFrame(0, head, input)]),
    'a call that is shorter than it says': Buffer.concat([
      hello,
      frame(frameTypes.call, 1, Buffer.from([200, 65])),
    ]),
  }
  for (const [name, bytes] of Object.entries(breaches)) {
    test(`ends the connection on ${name}`, async (test) => {
      const { socket, received, closed } = await open(test)
      socket.write(bytes)
      await closed
      assert.ok(received.every(({ type }) => type !== frameTypes.reply))
    })
  }

  test('refuses an operation that the caller may not call, whatever name it has', async (test) => {
    const { socket, received } = await open(test)
    const names = ['rename', '__proto__', 'constructor', 'toString', '../lookup', '']
    socket.write(
      Buffer.concat([
        hello,
        ...names.map((operation, at) => callFrame(at + 1, { ...head, operation }, input)),
      ]),
    )
    await until(() => received.filter(({ type }) => type === frameTypes.reply).length === names.length)
    for (const { payload } of received.filter(({ type }) => type === frameTypes.reply)) {
      const { kind, status } = readReply(payload)
      assert.equal(kind, 2)
      assert.ok(status === 403 || status === 404)
    }
  })
})

suite('a caller whose other end answers in any order', () => {
  test('gives each call its own answer, once, and no answer to a call that was not made', async (test) => {
    const town = await openTown(test)
    const asked: PeerCall[] = []
    const address = await openPeer(test, town, (call) => {
      asked.push(call)
      if (asked.length < 100) return
      // To nobody, twice, and from the last to the first.
      call.socket.write(replyFrame(4_000_000_000, 0, 200, '{"sku":"nobody"}'))
      for (const one of asked.splice(0).toReversed()) {
        one.output(one.input)
        one.output('{"sku":"twice"}')
      }
    })
    const connection = connectFrames({
      address,
      credentials: town.credentials('service', 'pricing'),
      expected: spiffeId(trustDomain, 'service', 'catalog'),
      maxOutputBytes: 10_000,
    })
    test.after(() => connection.close())
    const one = async (sku: string) => {
      const input = JSON.stringify({ sku })
      const reply = await connection.call({
        operation: 'lookup',
        target: 'catalog.lookup',
        input,
        metadata: {},
        timeoutMs: 20_000,
      })
      assert.deepEqual(reply, { kind: 'output', output: { sku } })
    }
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 100 }, (_, at) => one(`${round}-${at}`)))
  })
})
