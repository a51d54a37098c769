import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { depot, depotService } from '../testing/depot.ts'
import { openTown } from '../testing/town.ts'
import { warehouse, warehouseService, type Gauge } from '../testing/warehouse.ts'

async function openDepot(test: TestContext) {
  const gauge: Gauge = { made: 0, stopped: 0 }
  const town = await openTown(test)
  await town.serve(warehouseService(gauge))
  await town.serve(depotService)
  for (const name of Object.keys(warehouse.operations)) town.allow(`warehouse.${name}`, 'service/depot')
  for (const name of Object.keys(depot.operations)) town.allow(`depot.${name}`, 'service/shop')
  const caller = town.caller('service', 'shop')
  const ask = (
    operation: string,
    input: Readonly<Record<string, number | string | boolean>>,
    signal?: AbortSignal,
  ) => caller.call({ service: 'depot', operation, input, timeoutMs: 20_000, wholeMs: 20_000, signal })
  const text = async (...asked: Parameters<typeof ask>) => {
    const outcome = await ask(...asked)
    assert.ok(outcome.ok)
    return (outcome.output as { readonly text: string }).text
  }
  return { town, gauge, ask, text }
}

test('a stream goes in, out, and both ways, each item checked at both ends', async (test) => {
  const { text } = await openDepot(test)
  assert.equal(await text('sum', { to: 2_000 }), String((2_000 * 1_999) / 2))
  assert.equal(await text('collect', { to: 5_000 }), String((5_000 * 4_999) / 2))
  assert.equal(await text('double', { to: 4, factor: 10 }), '0 10 20 30')
  assert.equal(await text('sum', { to: 0 }), '0')
  assert.equal(await text('collect', { to: 0 }), '0')
})

test('a declared error comes in the place of a stream', async (test) => {
  const { text } = await openDepot(test)
  assert.equal(await text('collect', { to: 2_000_000 }), 'TOO_MANY 1000000')
})

test('an item that does not fit never leaves, and ends the call', async (test) => {
  const { ask } = await openDepot(test)
  await assert.rejects(ask('sum', { to: 3, wrong: true }), { code: 'INTERNAL' })
})

test('a stream that breaks is an error where it is read, and never looks complete', async (test) => {
  const { text, town } = await openDepot(test)
  assert.equal(await text('listen', { to: 'broken' }), 'INTERNAL after 2')
  assert.equal(await text('listen', { to: 'misfit' }), 'INVALID_OUTPUT after 1')
  assert.equal(await text('listen', { to: 'stuck' }), 'DEADLINE_EXCEEDED after 1')
  assert.equal(await text('listen', { to: 'brief' }), 'DEADLINE_EXCEEDED after some')
  await eventually(() => town.lines.filter((line) => line['event'] === 'stream-failed').length === 4)
})

test('who leaves a loop early stops the handler at the other end', async (test) => {
  const { text, gauge } = await openDepot(test)
  assert.equal(await text('peek', { count: 3 }), '0 1 2')
  await eventually(() => gauge.stopped === 1)
  assert.ok(gauge.made < 2_000, String(gauge.made))
})

test('who does not read holds up everybody up to the handler, and whoever goes ends it', async (test) => {
  const { ask, gauge } = await openDepot(test)
  const gone = new AbortController()
  const outcome = await ask('relay', {}, gone.signal)
  assert.ok(outcome.ok && outcome.body !== undefined)
  const pieces = outcome.body.pieces[Symbol.asyncIterator]()
  const first = await pieces.next()
  assert.equal(
    (JSON.parse(Buffer.from(first.value as Uint8Array).toString()) as { number: number }).number,
    0,
  )
  await quiet(() => gauge.made)
  // Two hops of 256 KiB each with items of 1 KB, and what each step holds.
  assert.ok(gauge.made > 100 && gauge.made < 1_500, String(gauge.made))
  const before = gauge.made
  for (let taken = 0; taken < 1_000; taken += 1) await pieces.next()
  await eventually(() => gauge.made > before)
  gone.abort()
  await eventually(() => gauge.stopped === 1)
  await assert.rejects(async () => {
    for (;;) if ((await pieces.next()).done === true) break
  })
})

test('a file passes from one service to the other and back', async (test) => {
  const { text } = await openDepot(test)
  const size = 3_000_000
  const digest = createHash('sha256').update(Buffer.alloc(size)).digest('hex')
  assert.equal(await text('copy', { size }), `${size} ${digest}`)
  assert.equal(await text('copy', { size: 0 }), `0 ${createHash('sha256').digest('hex')}`)
})

test('a file that is too large is cut off where it gets too large', async (test) => {
  const { text } = await openDepot(test)
  assert.equal(await text('oversize', { size: 1_000 }), 'accepted')
  assert.equal(await text('oversize', { size: 1_001 }), 'INVALID_INPUT')
})

test('many streams on one connection keep apart', async (test) => {
  const { text } = await openDepot(test)
  for (let round = 0; round < 5; round += 1) {
    const sums = Array.from({ length: 8 }, (_, at) => text('collect', { to: 100 * at }))
    assert.deepEqual(
      await Promise.all(sums),
      Array.from({ length: 8 }, (_, at) => String((100 * at * (100 * at - 1)) / 2)),
    )
  }
})

test('dates, bytes and big integers go there and back as what they are, whatever their value', async (test) => {
  const { text } = await openDepot(test)
  const values = fc.record({
    at: fc.integer({ min: 0, max: 253_402_300_799_999 }),
    bytes: fc.uint8Array({ maxLength: 100 }).map((bytes) => bytes.toBase64()),
    cents: fc.bigInt().map(String),
  })
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      assert.equal(await text('mirror', value), `${value.at} ${value.bytes} ${value.cents}`)
    }),
    { numRuns: 50 },
  )
})

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
