import assert from 'node:assert/strict'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { CallFailure, type CallFailureCode } from './errors.ts'
import { catalogService, pricingService } from './testing/shop.ts'
import { openPeer, type PeerCall } from './testing/peer.ts'
import { openTown } from './testing/town.ts'

const failure = (code: CallFailureCode) => (thrown: unknown) =>
  thrown instanceof CallFailure && thrown.code === code
const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 2_000 } as const
const found = { ok: true, output: { sku: 'A1', price: 250 } }

/** An address where nobody listens. */
async function emptyAddress(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

test('all replicas get their share of the calls', async (test) => {
  const town = await openTown(test)
  const hits = [0, 0, 0]
  for (const index of hits.keys())
    await town.serve({
      ...catalogService,
      operations: {
        ...catalogService.operations,
        lookup(input: never, context: never) {
          hits[index] = (hits[index] ?? 0) + 1
          return catalogService.operations.lookup(input, context)
        },
      },
    })
  town.allow('catalog.lookup', 'service/pricing')
  const caller = town.caller('service', 'pricing')
  for (let round = 0; round < 30; round += 1)
    await Promise.all(Array.from({ length: 10 }, () => caller.call(lookup)))
  assert.ok(
    hits.every((count) => count >= 30),
    String(hits),
  )
})

test('where no connection can be made another replica is asked at once, whatever the operation', async (test) => {
  const town = await openTown(test)
  const { address } = await town.serve(catalogService)
  town.allow('catalog.lookup', 'service/pricing')
  town.place('catalog', [await emptyAddress(), address, await emptyAddress()])
  const caller = town.caller('service', 'pricing')
  for (let call = 0; call < 4; call += 1) assert.deepEqual(await caller.call(lookup), found)
})

test('without a replica that can be reached a call is unavailable', async (test) => {
  const town = await openTown(test)
  const caller = town.caller('service', 'pricing')
  await assert.rejects(caller.call(lookup), failure('UNAVAILABLE'))
  town.place('catalog', [await emptyAddress(), await emptyAddress()])
  await assert.rejects(caller.call({ ...lookup, attempts: 3 }), failure('UNAVAILABLE'))
  town.place('catalog', ['no address'])
  await assert.rejects(caller.call(lookup), failure('UNAVAILABLE'))
})

test('an address that another service has taken over gets nothing', async (test) => {
  const town = await openTown(test)
  const impostor = await town.serve(pricingService)
  const { address } = await town.serve(catalogService)
  town.allow('catalog.lookup', 'service/orders')
  town.place('catalog', [impostor.address])
  const caller = town.caller('service', 'orders')
  await assert.rejects(caller.call(lookup), (thrown) => {
    assert.ok(failure('UNAVAILABLE')(thrown))
    assert.equal((thrown as CallFailure).notBegun, true)
    return true
  })
  town.place('catalog', [impostor.address, address])
  assert.deepEqual(await caller.call(lookup), found)
})

/** Breaks the connection the first times, then answers. */
function breakingAtFirst(times: number) {
  const state = { calls: 0 }
  const answer = (call: PeerCall) => {
    state.calls += 1
    if (state.calls <= times) call.socket.destroy()
    else call.output('{"sku":"A1","price":250}')
  }
  return { state, answer }
}

test('a broken call is repeated as often as it says, and not once more', async (test) => {
  const town = await openTown(test)
  const { state, answer } = breakingAtFirst(2)
  town.place('catalog', [await openPeer(test, town, answer)])
  const caller = town.caller('service', 'pricing')
  await assert.rejects(caller.call({ ...lookup, attempts: 2 }), failure('UNAVAILABLE'))
  assert.equal(state.calls, 2)
  assert.deepEqual(await caller.call(lookup), found)
})

test('a broken call is not repeated unless it says so', async (test) => {
  const town = await openTown(test)
  const { state, answer } = breakingAtFirst(1)
  town.place('catalog', [await openPeer(test, town, answer)])
  await assert.rejects(town.caller('service', 'pricing').call(lookup), failure('UNAVAILABLE'))
  assert.equal(state.calls, 1)
})

test('a repetition goes to another replica', async (test) => {
  const town = await openTown(test)
  const [first, second] = [breakingAtFirst(100), breakingAtFirst(0)]
  town.place('catalog', [await openPeer(test, town, first.answer), await openPeer(test, town, second.answer)])
  const caller = town.caller('service', 'pricing')
  for (let call = 0; call < 4; call += 1)
    assert.deepEqual(await caller.call({ ...lookup, attempts: 2 }), found)
  assert.ok(first.state.calls <= 4)
  assert.equal(second.state.calls, 4)
})

const statuses: Readonly<Record<number, readonly [CallFailureCode, number]>> = {
  400: ['REFUSED', 1],
  403: ['REFUSED', 1],
  500: ['INTERNAL', 1],
  503: ['UNAVAILABLE', 3],
  504: ['DEADLINE_EXCEEDED', 3],
}
for (const [status, [code, calls]] of Object.entries(statuses))
  test(`status ${status} is ${code}, after ${calls} of 3 attempts`, async (test) => {
    const town = await openTown(test)
    let seen = 0
    const address = await openPeer(test, town, (call) => {
      seen += 1
      call.problem(Number(status), 'no problem document')
    })
    town.place('catalog', [address])
    await assert.rejects(town.caller('service', 'pricing').call({ ...lookup, attempts: 3 }), failure(code))
    assert.equal(seen, calls)
  })

test('a replica that is about to end is left at once, whatever the operation', async (test) => {
  const town = await openTown(test)
  const draining = await openPeer(test, town, (call) =>
    call.problem(503, '{"code":"DRAINING","detail":"this replica is about to end"}'),
  )
  const { address } = await town.serve(catalogService)
  town.allow('catalog.lookup', 'service/pricing')
  town.place('catalog', [draining, address])
  const caller = town.caller('service', 'pricing')
  for (let call = 0; call < 3; call += 1) assert.deepEqual(await caller.call(lookup), found)
})

test('a call that gets no answer ends in time, and the other end knows how long it had', async (test) => {
  const town = await openTown(test)
  const deadlines: number[] = []
  const address = await openPeer(test, town, ({ head }) => void deadlines.push(head.deadlineMs))
  town.place('catalog', [address])
  const caller = town.caller('service', 'pricing')
  const begun = performance.now()
  await assert.rejects(caller.call({ ...lookup, timeoutMs: 80 }), failure('DEADLINE_EXCEEDED'))
  await assert.rejects(caller.call({ ...lookup, withinMs: 60 }), failure('DEADLINE_EXCEEDED'))
  await assert.rejects(caller.call({ ...lookup, withinMs: 0.5 }), failure('DEADLINE_EXCEEDED'))
  assert.ok(performance.now() - begun < 2_000)
  assert.equal(deadlines.length, 2)
  // What is left of the time when the connection is there.
  assert.ok(Number(deadlines[0]) >= 1 && Number(deadlines[0]) <= 80)
  assert.ok(Number(deadlines[1]) <= 60)
})

test('an answer that is too large or no JSON is no output', async (test) => {
  const town = await openTown(test)
  const caller = town.caller('service', 'pricing', { maxOutputBytes: 1_000 })
  const answers: Readonly<Record<string, (call: PeerCall) => void>> = {
    large: (call) => call.output(JSON.stringify({ sku: 'A'.repeat(2_000) })),
    html: (call) => call.output('<html>'),
    'declared without code': (call) => call.declared(404, '{}'),
  }
  for (const [name, answer] of Object.entries(answers)) {
    town.place('catalog', [await openPeer(test, town, answer)])
    await assert.rejects(caller.call(lookup), failure('INVALID_OUTPUT'), name)
  }
})

test('an answer larger than any that was agreed ends the connection before it is held', async (test) => {
  const town = await openTown(test)
  const caller = town.caller('service', 'pricing', { maxOutputBytes: 1_000 })
  const address = await openPeer(test, town, ({ socket }) => {
    const head = Buffer.alloc(10)
    head.writeUInt32BE(0xffff_ffff, 0)
    socket.write(head)
  })
  town.place('catalog', [address])
  await assert.rejects(caller.call(lookup), failure('UNAVAILABLE'))
})

test('an answer that comes too slowly ends in time, and one that comes later is for nobody', async (test) => {
  const town = await openTown(test)
  let late: PeerCall | undefined
  const address = await openPeer(test, town, (call) => {
    if (late === undefined) late = call
    else {
      late.output('{"sku":"A1","price":1}')
      call.output('{"sku":"A1","price":250}')
    }
  })
  town.place('catalog', [address])
  const caller = town.caller('service', 'pricing')
  await assert.rejects(caller.call({ ...lookup, timeoutMs: 80 }), failure('DEADLINE_EXCEEDED'))
  assert.deepEqual(await caller.call(lookup), found)
})

test('cancelling ends a call, also between two attempts', async (test) => {
  const town = await openTown(test)
  const controller = new AbortController()
  const address = await openPeer(test, town, ({ socket }) => {
    socket.destroy()
    controller.abort()
  })
  town.place('catalog', [address])
  const call = { ...lookup, attempts: 100, signal: controller.signal }
  await assert.rejects(town.caller('service', 'pricing').call(call), failure('CANCELLED'))
})

test('one connection serves many calls, and new credentials open a new one', async (test) => {
  const town = await openTown(test)
  const peers = new Set<string>()
  const sockets = new Set<object>()
  const address = await openPeer(test, town, (call) => {
    sockets.add(call.socket)
    peers.add(call.socket.getPeerCertificate().serialNumber)
    call.output('{"sku":"A1","price":250}')
  })
  town.place('catalog', [address])
  let credentials = town.credentials('service', 'pricing')
  const caller = town.caller('service', 'pricing', { credentials: () => credentials })
  for (let call = 0; call < 3; call += 1) await caller.call(lookup)
  assert.equal(sockets.size, 1)
  credentials = town.credentials('service', 'pricing')
  for (let call = 0; call < 3; call += 1) await caller.call(lookup)
  assert.equal(sockets.size, 2)
  assert.equal(peers.size, 2)
})
