import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { defineContract } from '@plimsoll/contract'
import { z } from 'zod'
import type { Caller } from '../caller.ts'
import { CallFailure } from '../errors.ts'
import { implement } from '../implement.ts'
import { openTown, type Town } from '../testing/town.ts'

const common = {
  input: z.object({ order: z.int() }),
  output: z.object({ order: z.int() }),
  access: 'services',
  deadline: '5s',
} as const
const bank = defineContract({
  name: 'bank',
  version: '1.0.0',
  operations: {
    pay: { ...common, priority: 'critical' },
    balance: common,
    report: { ...common, priority: 'background' },
  },
})

/** A bank with so many connections to its store; a call needs one for 20 ms. Counts what begins. */
function openBank(connections: number) {
  const begun: Record<string, number> = { pay: 0, balance: 0, report: 0 }
  const waiting: (() => void)[] = []
  let free = connections
  const handler =
    (name: string) =>
    async ({ order }: { readonly order: number }) => {
      begun[name] = (begun[name] ?? 0) + 1
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => void waiting.push(resolve))
      await sleep(20)
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
      return { order }
    }
  const service = implement(bank, {
    operations: { pay: handler('pay'), balance: handler('balance'), report: handler('report') },
  })
  return { service, begun }
}

function allowAll(town: Town): void {
  for (const name of Object.keys(bank.operations)) town.allow(`bank.${name}`, 'service/orders')
}

interface Count {
  ok: number
  overloaded: number
  other: number
}

/** Calls an operation so many times a second, whatever becomes of the calls. */
async function flood(caller: Caller, operation: string, perSecond: number, forMs: number): Promise<Count> {
  const count: Count = { ok: 0, overloaded: 0, other: 0 }
  const calls: Promise<void>[] = []
  const begun = performance.now()
  for (let now = begun; now < begun + forMs; now = performance.now()) {
    for (; calls.length < ((now - begun) * perSecond) / 1_000;)
      calls.push(
        caller.call({ service: 'bank', operation, input: { order: calls.length }, timeoutMs: 2_000 }).then(
          () => void (count.ok += 1),
          (thrown: unknown) => {
            if (thrown instanceof CallFailure && thrown.overloaded) count.overloaded += 1
            else count.other += 1
          },
        ),
      )
    await sleep(2)
  }
  await Promise.all(calls)
  return count
}

test('an overloaded replica sends away what matters least, at once, and begins none of it', async (test) => {
  const town = await openTown(test)
  const { service, begun } = openBank(4)
  await town.serve(service)
  allowAll(town)
  const caller = town.caller('service', 'orders')
  // 200 a second can be served.
  const [pay, balance, report] = await Promise.all([
    flood(caller, 'pay', 80, 4_000),
    flood(caller, 'balance', 200, 4_000),
    flood(caller, 'report', 320, 4_000),
  ])
  const told = JSON.stringify({ pay, balance, report, begun })
  const share = ({ ok, overloaded, other }: Count) => ok / (ok + overloaded + other)
  assert.ok(share(pay) > 0.8, told)
  assert.ok(share(report) < 0.5 && share(report) < share(balance), told)
  assert.ok(report.overloaded > 0, told)
  for (const [name, { ok, other }] of Object.entries({ pay, balance, report })) {
    assert.ok((begun[name] ?? 0) <= ok + other, `${name}: ${told}`)
  }
  const overloadLines = town.lines.filter(({ event }) => event === 'overloaded')
  assert.ok(overloadLines.length > 0 && overloadLines.length <= 10, 'one line a second tells of all of them')
})

test('what is sent away is asked of another replica, whatever the operation, within the budget', async (test) => {
  const town = await openTown(test)
  const full = {
    admit: () => ({ kind: 'problem', status: 503, code: 'OVERLOADED', detail: 'full' }) as const,
  }
  const { service, begun } = openBank(100)
  await town.serve(service, { admission: full })
  await town.serve(service, { admission: full })
  allowAll(town)
  const caller = town.caller('service', 'orders')
  const call = { service: 'bank', operation: 'pay', input: { order: 1 }, timeoutMs: 2_000, attempts: 5 }
  for (let at = 0; at < 100; at += 1) {
    await assert.rejects(caller.call(call), { code: 'UNAVAILABLE', overloaded: true, retryable: false })
  }
  assert.equal(begun['pay'], 0)
  await town.serve(service)
  for (let at = 0; at < 60; at += 1) {
    const outcome = await caller.call(call).catch((thrown: unknown) => thrown)
    if (at > 10 && !(outcome instanceof CallFailure))
      assert.deepEqual(outcome, { ok: true, output: { order: 1 } })
  }
  // Replicas that send away cost more than the one that does not: whoever drew among the three would reach it twenty times.
  assert.ok((begun['pay'] ?? 0) >= 32, `${begun['pay']}`)
})

test('beginning and giving up calls frees no places, and a handler that never ends frees its own in the end', async (test) => {
  const town = await openTown(test)
  const running = { now: 0, most: 0 }
  const stubborn = implement(bank, {
    operations: {
      async pay() {
        running.now += 1
        running.most = Math.max(running.most, running.now)
        await sleep(1_200)
        running.now -= 1
        return { order: 1 }
      },
      balance: ({ order }) => ({ order }),
      report: () => new Promise<never>(() => undefined),
    },
  })
  await town.serve(stubborn)
  allowAll(town)
  const caller = town.caller('service', 'orders')
  const givenUp = Array.from({ length: 400 }, async (_, order) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 5 + (order % 50))
    const call = { service: 'bank', operation: 'pay', input: { order }, timeoutMs: 5_000 }
    await assert.rejects(caller.call({ ...call, signal: controller.signal }))
  })
  await Promise.all(givenUp)
  await sleep(50)
  assert.ok(running.most <= 40, `${running.most} handlers at a time`)
  while (running.now > 0) await sleep(20)
  const hanging = { service: 'bank', operation: 'report', input: { order: 1 }, timeoutMs: 100 }
  for (let round = 0; round < 3; round += 1)
    await Promise.all(Array.from({ length: 40 }, () => assert.rejects(caller.call(hanging))))
  await sleep(200)
  const balance = { service: 'bank', operation: 'balance', input: { order: 7 }, timeoutMs: 5_000 }
  assert.deepEqual(await caller.call(balance), { ok: true, output: { order: 7 } })
})
