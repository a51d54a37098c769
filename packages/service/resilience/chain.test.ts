import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { defineContract, use } from '@plimsoll/contract'
import { z } from 'zod'
import { implement } from '../implement.ts'
import { openTown } from '../testing/town.ts'

const operation = { input: z.object({}), output: z.object({}), access: 'services', deadline: '5s' } as const
const shop = defineContract({ name: 'shop', version: '1.0.0', operations: { buy: operation } })
const orders = defineContract({ name: 'orders', version: '1.0.0', operations: { place: operation } })
const stock = defineContract({
  name: 'stock',
  version: '1.0.0',
  operations: { reserve: { ...operation, deadline: '10s' } },
})

/** Three services in a row; the last one waits until its signal says that nobody waits for it. */
async function openChain(test: TestContext) {
  const town = await openTown(test)
  const seen: { readonly left: number[]; reason?: unknown } = { left: [] }
  const ended = Promise.withResolvers<void>()
  await town.serve(
    implement(stock, {
      operations: {
        async reserve(_input, { remaining, signal }) {
          seen.left.push(remaining())
          await new Promise<void>((resolve) =>
            signal.addEventListener('abort', () => resolve(), { once: true }),
          )
          seen.reason = signal.reason
          ended.resolve()
          return {}
        },
      },
    }),
  )
  await town.serve(
    implement(orders, {
      uses: { stock: [use(stock.operations.reserve, {})] },
      operations: {
        async place(_input, context) {
          seen.left.push(context.remaining())
          await sleep(50)
          return context.stock.reserve({})
        },
      },
    }),
  )
  await town.serve(
    implement(shop, {
      uses: { orders: [use(orders.operations.place, {})] },
      operations: {
        async buy(_input, context) {
          seen.left.push(context.remaining())
          await sleep(50)
          return context.orders.place({})
        },
      },
    }),
  )
  town.allow('shop.buy', 'service/web')
  town.allow('orders.place', 'service/shop')
  town.allow('stock.reserve', 'service/orders')
  return { caller: town.caller('service', 'web'), seen, ended: ended.promise }
}

const buy = { service: 'shop', operation: 'buy', input: {} } as const

test('each of three in a row has less time than the one before, and the last one hears when it is over', async (test) => {
  const { caller, seen, ended } = await openChain(test)
  await assert.rejects(caller.call({ ...buy, timeoutMs: 1_500 }), { code: 'DEADLINE_EXCEEDED' })
  await ended
  const [first = 0, second = 0, third = 0] = seen.left
  assert.ok(first <= 1_500 && second <= first - 49 && third <= second - 49 && third > 0, String(seen.left))
})

test('giving up the first call ends the last one', async (test) => {
  const { caller, seen, ended } = await openChain(test)
  const controller = new AbortController()
  const call = caller.call({ ...buy, timeoutMs: 60_000, signal: controller.signal })
  while (seen.left.length < 3) await sleep(5)
  controller.abort()
  await assert.rejects(call, { code: 'CANCELLED' })
  await ended
  assert.equal((seen.reason as { code?: string }).code, 'CANCELLED')
})

test('nobody has more time than the operation promises, or than its caller has, whatever was asked for', async (test) => {
  const { caller, seen } = await openChain(test)
  const controller = new AbortController()
  const call = caller.call({ ...buy, timeoutMs: 60_000, signal: controller.signal })
  while (seen.left.length < 3) await sleep(5)
  assert.ok((seen.left[0] ?? Infinity) <= 5_000 && (seen.left[2] ?? Infinity) <= 4_900, String(seen.left))
  controller.abort()
  await assert.rejects(call)
})
