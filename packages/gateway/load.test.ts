import assert from 'node:assert/strict'
import { Agent } from 'node:https'
import { test } from 'node:test'
import { ask, openSocket } from './consumer.fixture.ts'
import { openShop } from './shop.fixture.ts'

test('a consumer has its plan, and no other consumer pays for it', async () => {
  let now = 1_000_000
  await using shop = await openShop({
    clock: { now: () => now },
    configure: (open) => ({
      ...open,
      consumers: open.consumers.map((consumer) => ({
        ...consumer,
        rate: { requestsPerSecond: 0.5, burst: 2 },
      })),
    }),
  })
  const statuses: number[] = []
  for (let count = 0; count < 3; count += 1) {
    statuses.push((await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })).status)
  }
  assert.deepEqual(statuses, [200, 200, 429])
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.partner })).status, 200)
  assert.equal((await ask(shop, 'GET /catalogue')).status, 200)
  const refused = await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '2'])
  now += 2_000
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })).status, 200)
})

test('guessing keys costs as much as having none, and the consumers at the same address do not pay', async () => {
  await using shop = await openShop({
    clock: { now: () => 1_000_000 },
    configure: (open) => ({ ...open, anonymous: { requestsPerSecond: 1, burst: 3 } }),
  })
  const statuses: number[] = []
  for (let count = 0; count < 5; count += 1) {
    statuses.push((await ask(shop, 'GET /catalogue', { key: `plk_guess_${count}` })).status)
  }
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  assert.equal((await ask(shop, 'GET /catalogue')).status, 429)
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })).status, 200)
})

test('when all places are taken, who comes next is sent away at once; places come back', async () => {
  await using shop = await openShop({ configure: (open) => ({ ...open, concurrency: 1 }) })
  const held = Promise.withResolvers<void>()
  shop.gate.wait = held.promise
  const first = ask(shop, 'GET /catalogue', { key: shop.keys.storefront })
  while (shop.gate.begun === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await ask(shop, 'GET /catalogue', { key: shop.keys.partner })
  assert.deepEqual([second.status, second.headers['retry-after']], [503, '1'])
  held.resolve()
  assert.equal((await first).status, 200)
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.partner })).status, 200)
})

test('one consumer that waits does not keep the others out', async () => {
  await using shop = await openShop({ configure: (open) => ({ ...open, concurrency: 4 }) })
  const held = Promise.withResolvers<void>()
  shop.gate.wait = held.promise
  const first = ask(shop, 'GET /catalogue', { key: shop.keys.storefront })
  while (shop.gate.begun === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal((await ask(shop, 'GET /catalogue', { key: shop.keys.storefront })).status, 429)
  const other = ask(shop, 'GET /catalogue', { key: shop.keys.partner })
  held.resolve()
  assert.deepEqual([(await first).status, (await other).status], [200, 200])
})

test('closing answers what is in work and leaves no connection', async () => {
  const shop = await openShop()
  const agent = new Agent({ keepAlive: true })
  const idle = openSocket(shop)
  const idleClosed = new Promise((resolve) => idle.once('close', resolve))
  await new Promise((resolve) => idle.once('secureConnect', resolve))
  const held = Promise.withResolvers<void>()
  shop.gate.wait = held.promise
  const asked = ask(shop, 'GET /catalogue', { agent })
  while (shop.gate.begun === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const closed = shop.gateway.close()
  await assert.rejects(ask(shop, 'GET /catalogue'), { code: 'ECONNREFUSED' })
  held.resolve()
  const reply = await asked
  assert.deepEqual([reply.status, reply.headers['connection']], [200, 'close'])
  await closed
  await idleClosed
  agent.destroy()
  await shop[Symbol.asyncDispose]()
  const left = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/i.test(name))
  for (let tries = 0; tries < 100 && left().length > 0; tries += 1) await new Promise(setImmediate)
  assert.deepEqual(left(), [])
})
