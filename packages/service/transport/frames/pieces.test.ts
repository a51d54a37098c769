import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Deadline } from '../../deadline.ts'
import { CallFailure } from '../../errors.ts'
import { ProtocolError } from './frame.ts'
import { firstCredit, IncomingPieces, OutgoingPieces, pieceCost } from './pieces.ts'

const piece = (bytes: number) => new Uint8Array(bytes)
const fullPiece = piece(65_536 - pieceCost)

test('pieces are handed out in their order, held ones first', async () => {
  const incoming = new IncomingPieces(
    () => undefined,
    () => undefined,
  )
  const first = incoming.next()
  incoming.push(piece(1))
  incoming.push(piece(2))
  incoming.push(piece(3))
  incoming.end()
  assert.equal((await first).value?.length, 1)
  const rest: number[] = []
  for await (const { length } of incoming) rest.push(length)
  assert.deepEqual(rest, [2, 3])
})

test('whoever sends more than there is credit for breaks the protocol, also with pieces of nothing', () => {
  for (const bytes of [fullPiece.length, 0]) {
    const incoming = new IncomingPieces(
      () => undefined,
      () => undefined,
    )
    const flood = () => {
      for (let sent = 0; sent <= firstCredit / pieceCost; sent += 1) incoming.push(piece(bytes))
    }
    assert.throws(flood, ProtocolError)
  }
})

test('credit is given back as pieces are taken, and not before', async () => {
  const given: number[] = []
  const incoming = new IncomingPieces(
    (bytes) => given.push(bytes),
    () => undefined,
  )
  for (let sent = 0; sent < 4; sent += 1) incoming.push(fullPiece)
  assert.deepEqual(given, [])
  assert.throws(() => incoming.push(fullPiece), ProtocolError)
  await incoming.next()
  assert.deepEqual(given, [65_536])
  incoming.push(fullPiece)
})

test('a body that broke off is never taken for a complete one, and gives no more credit', async () => {
  const incoming = new IncomingPieces(
    () => undefined,
    () => undefined,
  )
  incoming.push(piece(1))
  incoming.end(new Error('the other end broke'))
  incoming.push(piece(2))
  incoming.end()
  assert.equal((await incoming.next()).value?.length, 1)
  await assert.rejects(incoming.next(), /the other end broke/)
})

test('leaving early stops the sender, once', async () => {
  let stops = 0
  const incoming = new IncomingPieces(
    () => undefined,
    () => (stops += 1),
  )
  incoming.push(piece(1))
  incoming.push(piece(1))
  for await (const _piece of incoming) break
  await incoming.return()
  assert.equal(stops, 1)
  incoming.push(fullPiece)
  assert.equal((await incoming.next()).done, true)
})

/** Counts what was asked of it. */
async function* counted(asked: { count: number }): AsyncGenerator<Uint8Array> {
  for (;;) {
    asked.count += 1
    yield fullPiece
  }
}

test('nothing more is made than there is credit for, nor while the connection has no room', async () => {
  const asked = { count: 0 }
  const sent: Uint8Array[] = []
  let congested = false
  const outgoing = new OutgoingPieces({ write: (bytes) => sent.push(bytes), isCongested: () => congested })
  const done = outgoing.send({ kind: 'file', pieces: counted(asked), ending: new Deadline(10_000) })
  for (let turns = 0; turns < 20; turns += 1) await turn()
  assert.deepEqual([sent.length, asked.count], [4, 5])
  outgoing.addCredit(65_536)
  for (let turns = 0; turns < 20; turns += 1) await turn()
  assert.equal(sent.length, 5)
  congested = true
  outgoing.addCredit(10 * 65_536)
  for (let turns = 0; turns < 20; turns += 1) await turn()
  assert.equal(sent.length, 5)
  congested = false
  outgoing.wake()
  for (let turns = 0; turns < 60; turns += 1) await turn()
  assert.equal(sent.length, 15)
  outgoing.stop()
  assert.equal(await done, false)
})

test('a call that has ended ends its body, wherever it waits', async () => {
  const deadline = new Deadline(10_000)
  const reason = new CallFailure('CANCELLED', 'the caller has gone', { target: 'stock.watch' })
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (deadline.reason !== undefined) throw deadline.reason
      yield fullPiece
    }
  }
  const outgoing = new OutgoingPieces({ write: () => undefined, isCongested: () => false })
  const done = outgoing.send({ kind: 'file', pieces: pieces(), ending: deadline })
  for (let turns = 0; turns < 20; turns += 1) await turn()
  deadline.end(reason)
  await assert.rejects(done, reason)
})
