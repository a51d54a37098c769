import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { clientTls, spiffeId } from '@plimsoll/identity'
import { openTown, trustDomain } from '../../testing/town.ts'
import { warehouse, warehouseService, type Gauge } from '../../testing/warehouse.ts'
import { bodyFrames, bodyReply } from './bodies.ts'
import { Decoder } from './decoder.ts'
import { callFrame, frame, frameTypes, helloFrame, protocol, readReply, type Frame } from './frame.ts'

const hello = helloFrame({ maxPayload: 1_048_576, maxCalls: 0 })
const head = { deadlineMs: 10_000, traceparent: '', tracestate: undefined, subject: '' }
const call = (id: number, operation: string, input = '{}') => callFrame(id, { ...head, operation }, input)
const body = (id: number, facts = '{}') => frame(bodyFrames.body, id, Buffer.from(facts))
const data = (id: number, text: string) => frame(bodyFrames.data, id, Buffer.from(text))
const end = (id: number) => frame(bodyFrames.end, id)
const file = '{"type":"application/octet-stream"}'

async function open(test: TestContext) {
  const gauge: Gauge = { made: 0, stopped: 0 }
  const town = await openTown(test)
  const { address } = await town.serve(warehouseService(gauge))
  for (const operation of Object.keys(warehouse.operations))
    town.allow(`warehouse.${operation}`, 'service/pricing')
  const [host, port] = address.split(':')
  const socket = connect({
    ...clientTls(town.credentials('service', 'pricing'), spiffeId(trustDomain, 'service', 'warehouse')),
    host,
    port: Number(port),
    ALPNProtocols: [protocol],
  })
  socket.on('error', () => undefined)
  test.after(() => socket.destroy())
  const received: Frame[] = []
  const decoder = new Decoder(
    1_100_000,
    (one) => void received.push({ ...one, payload: Buffer.from(one.payload) }),
  )
  socket.on('data', (chunk: Buffer) => decoder.read(chunk))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'secureConnect')
  const replyTo = async (id: number) => {
    await until(() => received.some((one) => one.type === frameTypes.reply && one.call === id))
    const { payload } =
      received.find((one) => one.type === frameTypes.reply && one.call === id) ?? assert.fail()
    const { kind, status, body: text } = readReply(payload)
    return { kind, status, text: text.toString() }
  }
  return { socket, received, closed, replyTo, gauge, town }
}

suite('a replica that is spoken to in bodies', () => {
  test('reads the items of an input, in its order, and answers', async (test) => {
    const { socket, replyTo } = await open(test)
    socket.write(
      Buffer.concat([
        hello,
        body(1),
        call(1, 'total'),
        data(1, '{"number":1}'),
        data(1, '{"number":2}'),
        end(1),
      ]),
    )
    assert.deepEqual(await replyTo(1), { kind: 0, status: 200, text: '{"total":3}' })
  })

  test('keeps the bodies of many calls apart, however they are mixed', async (test) => {
    const { socket, replyTo } = await open(test)
    const ids = [1, 2, 3, 4]
    const mixed = [0, 1, 2].flatMap((round) => ids.map((id) => data(id, `{"number":${id * 10 ** round}}`)))
    const begun = ids.flatMap((id) => [body(id), call(id, 'total')])
    socket.write(Buffer.concat([hello, ...begun, ...mixed, ...ids.map(end)]))
    const replies = await Promise.all(ids.map(replyTo))
    assert.deepEqual(
      replies.map(({ text }) => text),
      ids.map((id) => `{"total":${id * 111}}`),
    )
  })

  test('sends no more of an output than it has credit for', async (test) => {
    const { socket, received, replyTo } = await open(test)
    socket.write(Buffer.concat([hello, call(1, 'endless')]))
    assert.deepEqual(await replyTo(1), { kind: bodyReply, status: 200, text: '{}' })
    const sent = () => received.filter(({ type }) => type === bodyFrames.data)
    const cost = () => sent().reduce((sum, { payload }) => sum + payload.length + 64, 0)
    await quiet(cost)
    assert.ok(cost() >= 262_144 && cost() < 262_144 + 2_000, String(cost()))
    const credit = Buffer.alloc(4)
    credit.writeUInt32BE(100_000)
    socket.write(frame(bodyFrames.credit, 1, credit))
    await until(() => cost() >= 362_144)
    await quiet(cost)
    assert.ok(cost() < 362_144 + 2_000, String(cost()))
  })

  test('stops a handler whose caller cancels, and sends nothing more', async (test) => {
    const { socket, replyTo, gauge, received } = await open(test)
    socket.write(Buffer.concat([hello, call(1, 'endless')]))
    await replyTo(1)
    socket.write(frame(frameTypes.cancel, 1))
    await until(() => gauge.stopped === 1)
    await quiet(() => received.length)
    assert.equal(
      received.some(({ type }) => type === bodyFrames.end),
      false,
    )
  })

  test('says why an output broke off, and no more than that', async (test) => {
    const { socket, received } = await open(test)
    socket.write(Buffer.concat([hello, call(1, 'broken')]))
    await until(() => received.some(({ type }) => type === bodyFrames.end))
    const { payload } = received.find(({ type }) => type === bodyFrames.end) ?? assert.fail()
    assert.equal((JSON.parse(payload.toString()) as { code: string }).code, 'INTERNAL')
    assert.doesNotMatch(payload.toString(), /hunter2/)
  })

  const unfit: Readonly<Record<string, readonly [number, readonly Buffer[]]>> = {
    'no body': [400, [call(1, 'total')]],
    'an item that does not fit': [400, [body(1), call(1, 'total'), data(1, '{"number":-1}'), end(1)]],
    'an item that is no JSON': [400, [body(1), call(1, 'total'), data(1, '{'), end(1)]],
    'an item that is too large': [
      400,
      [body(1), call(1, 'total'), data(1, `{"number":1${' '.repeat(300)}}`), end(1)],
    ],
    'a file of no type': [415, [body(1), call(1, 'small'), data(1, 'abc'), end(1)]],
    'a file of another type': [415, [body(1, '{"type":"text/html"}'), call(1, 'small'), end(1)]],
    'a file that says it is too large': [
      413,
      [body(1, '{"type":"application/octet-stream","size":1001}'), call(1, 'small'), end(1)],
    ],
    'a file that is too large': [400, [body(1, file), call(1, 'small'), data(1, 'a'.repeat(1_001)), end(1)]],
    'a file that is shorter than it says': [
      400,
      [body(1, '{"type":"application/octet-stream","size":10}'), call(1, 'small'), data(1, 'abc'), end(1)],
    ],
  }
  for (const [name, [status, frames]] of Object.entries(unfit))
    test(`refuses an input with ${name}, and goes on`, async (test) => {
      const { socket, replyTo } = await open(test)
      socket.write(
        Buffer.concat([hello, ...frames, body(2), call(2, 'total'), data(2, '{"number":5}'), end(2)]),
      )
      assert.equal((await replyTo(1)).status, status)
      assert.equal((await replyTo(2)).text, '{"total":5}')
    })

  const breaches: Readonly<Record<string, readonly Buffer[]>> = {
    'a body for no call': [body(1), frame(frameTypes.ping, 0)],
    'a body for another call': [body(1), call(2, 'total')],
    'a body twice': [body(1), body(1), call(1, 'total')],
    'a body for a call that runs': [call(1, 'endless'), body(1)],
    'a body for the connection': [body(0), call(0, 'total')],
    'a body in words that are none': [body(1, '[]'), call(1, 'total')],
    'a body with a size that is none': [body(1, '{"size":-1}'), call(1, 'total')],
    'a credit of another length': [call(1, 'endless'), frame(bodyFrames.credit, 1, Buffer.alloc(8))],
    'more than there is credit for': [
      body(1),
      call(1, 'endless'),
      ...Array.from({ length: 5_000 }, () => data(1, '')),
    ],
  }
  for (const [name, frames] of Object.entries(breaches))
    test(`ends the connection on ${name}`, async (test) => {
      const { socket, closed, gauge, town } = await open(test)
      socket.write(Buffer.concat([hello, ...frames]))
      await closed
      assert.ok(gauge.made === gauge.stopped || (await until(() => gauge.stopped === 1), true))
      assert.ok(town.lines.some((line) => line['event'] === 'connection-refused'))
    })

  test('takes what is for no body for nothing', async (test) => {
    const { socket, replyTo } = await open(test)
    const credit = frame(bodyFrames.credit, 9, Buffer.from([0xff, 0xff, 0xff, 0xff]))
    socket.write(
      Buffer.concat([
        hello,
        data(9, 'x'),
        end(9),
        credit,
        frame(frameTypes.cancel, 9),
        body(1),
        frame(frameTypes.cancel, 1),
        body(2),
        call(2, 'total'),
        end(2),
      ]),
    )
    assert.equal((await replyTo(2)).text, '{"total":0}')
  })
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 400, 'it never came to hold')
    await sleep(25)
  }
}

async function quiet(number: () => number): Promise<void> {
  for (let before = -1; number() !== before;) {
    before = number()
    await sleep(200)
  }
}
