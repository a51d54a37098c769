import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { suite, test } from 'node:test'
import { Decoder } from './decoder.ts'
import { frame, frameTypes, readCall, readReply, type Frame } from './frame.ts'
import { Outbox } from './outbox.ts'

const head = { operation: 'quote', deadlineMs: 250, traceparent: '', subject: '' }

function open(): { readonly outbox: Outbox; readonly writes: Buffer[]; readonly frames: () => Frame[] } {
  const writes: Buffer[] = []
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk)
      done()
    },
  })
  const frames = () => {
    const found: Frame[] = []
    const decoder = new Decoder(8_388_608, (one) => void found.push(one))
    for (const chunk of writes) decoder.read(chunk)
    return found
  }
  return { outbox: new Outbox(socket), writes, frames }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

suite('an outbox', () => {
  test('writes in one what comes in one turn, in its order', async () => {
    const { outbox, writes, frames } = open()
    outbox.writeCall({ call: 1, head, input: '{"sku":"A1"}' }, 1_000)
    outbox.write(frame(frameTypes.ping, 0, Buffer.alloc(8)))
    outbox.writeReply({ call: 2, kind: 0, status: 200, body: '"ä€😀"' })
    assert.equal(writes.length, 0)
    await turn()
    assert.equal(writes.length, 1)
    const [call, ping, reply] = frames()
    assert.equal(call?.payload.toString('utf8', readCall(call.payload).inputAt), '{"sku":"A1"}')
    assert.equal(ping?.type, frameTypes.ping)
    assert.deepEqual(reply?.call, 2)
    assert.equal(readReply(reply?.payload ?? Buffer.alloc(3)).body.toString(), '"ä€😀"')
    assert.equal(outbox.waiting, 0)
  })

  test('does not wait for the turn where it is told that nothing more comes', async () => {
    const { outbox, writes } = open()
    outbox.hurry()
    outbox.writeReply({ call: 1, kind: 0, status: 200, body: '1' })
    await Promise.resolve().then(() => new Promise<void>((resolve) => process.nextTick(resolve)))
    assert.equal(writes.length, 1)
    await turn()
    assert.equal(writes.length, 1)
  })

  test('writes what has been written whole, however much it is', async () => {
    const { outbox, frames } = open()
    const bodies = Array.from({ length: 300 }, (_, at) => JSON.stringify('ü'.repeat(at * 37)))
    bodies.push(JSON.stringify('x'.repeat(2_000_000)))
    for (const [at, body] of bodies.entries()) {
      outbox.writeReply({ call: at, kind: 0, status: 200, body })
      if (at % 50 === 0) outbox.flush()
    }
    await turn()
    assert.deepEqual(
      frames().map(({ call, payload }) => [call, readReply(payload).body.toString()]),
      bodies.map((body, at) => [at, body]),
    )
  })

  test('leaves nothing of a call that is larger than the other end takes', async () => {
    const { outbox, frames } = open()
    assert.equal(outbox.writeCall({ call: 1, head, input: '"12345"' }, 30), true)
    assert.equal(outbox.writeCall({ call: 2, head, input: `"${'x'.repeat(100)}"` }, 30), false)
    assert.equal(outbox.writeCall({ call: 3, head, input: '"67890"' }, 30), true)
    await turn()
    assert.deepEqual(
      frames().map(({ call }) => call),
      [1, 3],
    )
  })

  test('refuses a head whose texts are longer than a frame can say, instead of cutting them', () => {
    const { outbox } = open()
    for (const long of [
      { operation: 'q'.repeat(256) },
      { traceparent: 't'.repeat(65_536) },
      { subject: 's'.repeat(65_536) },
    ])
      assert.throws(
        () => outbox.writeCall({ call: 1, head: { ...head, ...long }, input: '1' }, 1_000_000),
        RangeError,
      )
  })
})
