// The authority is exchanged under a load that never pauses, over connections that stay open. PLIMSOLL_ROTATIONS says how often.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Authority, Credentials } from '@plimsoll/identity'
import { implement } from '../implement.ts'
import { catalog } from '../testing/shop.ts'
import { issue, openTown } from '../testing/town.ts'

const rotations = Number(process.env['PLIMSOLL_ROTATIONS'] ?? 2)
const loops = 32
/** As the control plane waits: whoever began a handshake with what was true before has ended it. */
const handshakeMs = 2_500
const lookup = { service: 'catalog', operation: 'lookup', input: { sku: 'A1' }, timeoutMs: 20_000 } as const

/** Credentials as a workload keeps them: with the roots of now, and replaced when it is told to. */
function follow(authority: Authority, name: string) {
  let own = issue(authority, { kind: 'service', name })
  let made: Credentials = own
  return {
    current: () => made,
    trust: () => void (made = { ...own, bundle: authority.bundle }),
    renew: () => void (made = own = issue(authority, { kind: 'service', name })),
  }
}

test(`${rotations} rotations under load fail no call`, async (test) => {
  const town = await openTown(test)
  const { authority } = town
  const workloads = [follow(authority, 'catalog'), follow(authority, 'orders')] as const
  const [callee, caller] = workloads
  const slow = implement(catalog, {
    operations: {
      // Some calls are open while the certificates under them change.
      async lookup({ sku }) {
        if (Math.random() < 0.1) await pause(20)
        return { sku, price: 1 }
      },
      rename: () => ({ renamed: true }),
    },
  })
  await town.serve(slow, { credentials: callee.current })
  town.allow('catalog.lookup', 'service/orders')
  const client = town.caller('service', 'orders', { credentials: caller.current })
  const counts = { calls: 0, done: false }
  const running = Array.from({ length: loops }, async () => {
    while (!counts.done) {
      assert.ok((await client.call(lookup)).ok)
      counts.calls += 1
    }
  })
  /** The workloads follow one after the other. */
  const settle = async (each: (workload: (typeof workloads)[number]) => void) => {
    for (const workload of workloads) {
      each(workload)
      await pause(10)
    }
    await pause(handshakeMs)
  }
  for (let count = 0; count < rotations; count += 1) {
    authority.rotate('prepare')
    await settle((workload) => workload.trust())
    authority.rotate('activate')
    authority.rotate('taint')
    await settle((workload) => workload.renew())
    authority.rotate('revoke')
    for (const workload of workloads) workload.trust()
  }
  counts.done = true
  await Promise.all(running)
  test.diagnostic(`${counts.calls} calls, 0 failed`)
  assert.ok(counts.calls > loops * 2)
})
