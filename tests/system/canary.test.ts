import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Json } from '@plimsoll/base'
import { startSystem, type System } from '@plimsoll/testbed'
import { load, priceShop, pricesService } from './price-shop.ts'

interface Status {
  readonly canary: {
    readonly generation: number
    readonly step: number
    readonly steps: readonly { readonly share: number }[]
    readonly evidence: readonly { readonly party: string; readonly candidate: { readonly calls: number } }[]
  } | null
}

interface Generation {
  readonly number: number
  readonly status: string
  readonly reason?: string
}

async function ask<T>(system: System, operation: 'status' | 'history' | 'audit'): Promise<T> {
  const outcome = await system.connection.control(operation, operation === 'status' ? {} : { most: 50 })
  assert.ok(outcome.ok)
  return outcome.output as unknown as T
}

const canaryOf = async (system: System) => (await ask<Status>(system, 'status')).canary

/** Waits, without a bound on how slow a machine may be that is a failure by itself, for the end of a canary. */
async function endOf(system: System, generation: number): Promise<Generation> {
  for (let tries = 0; tries < 1_200 && (await canaryOf(system)) !== null; tries += 1) await pause(100)
  const { generations } = await ask<{ generations: readonly Generation[] }>(system, 'history')
  const ended = generations.find(({ number }) => number === generation)
  assert.ok(ended)
  return ended
}

async function actsOf(system: System): Promise<readonly string[]> {
  const { entries } = await ask<{ entries: readonly { act: string; outcome: string }[] }>(system, 'audit')
  return entries.map(({ act, outcome }) => `${act} ${outcome}`)
}

const failsFor = (consumer: string) =>
  pricesService(
    `if (subject?.consumer === '${consumer}' && Math.random() < 0.05) throw new Error('no price')`,
  )

suite('a canary', () => {
  let system: System
  before(async () => {
    system = await startSystem(priceShop())
    await system.deploy()
  })
  after(() => system?.close())

  for (const [path, what] of [
    ['/quotes/tea', 'at the gateway'],
    ['/totals/tea', 'behind another service'],
  ] as const)
    test(`that fails 5 % of the calls of one consumer, ${what}, is taken back by itself, and the consumer named`, async () => {
      system.project.write('prices/service.ts', `${failsFor('kiosk')} // ${path}`)
      const { outcome } = await system.deploy({ services: ['prices'], canary: '20% 3s, 50% 4m' })
      assert.deepEqual(outcome?.started, ['prices'])
      const running = await load(system, path)
      const ended = await endOf(system, outcome?.generation ?? 0)
      await running[Symbol.asyncDispose]()
      assert.equal(ended.status, 'failed')
      assert.match(
        ended.reason ?? '',
        /^prices, calls of (?:everyone \(foremost )?the consumer kiosk: .*of the candidate's, [1-9]\d* of \d+ \(.* %\) failed; of the running release's, 0 of \d+ \(0.0 %\); p = /,
      )
      assert.doesNotMatch(ended.reason ?? '', /storefront|partner/)
      for (const [name, { calls, failed }] of running.met) {
        assert.ok(calls > 50, `${name} ${calls}`)
        if (name !== 'kiosk') assert.deepEqual(failed, [], name)
      }
      assert.ok((running.met.get('kiosk')?.failed.length ?? 0) > 0)
      assert.deepEqual((await system.replicas()).map(({ instance }) => instance).toSorted(), [
        'gateway/0',
        'prices/0',
        'totals/0',
      ])
      const acts = await actsOf(system)
      assert.ok(acts.includes('canary-step done') && acts.includes('canary-back done'), acts.join(', '))
    })

  test('that is as good as what runs takes over, without a failed call', async () => {
    system.project.write('prices/service.ts', pricesService("await Promise.resolve('better')"))
    const { outcome } = await system.deploy({ services: ['prices'], canary: '10% 2s, 50% 4s' })
    assert.deepEqual(
      outcome?.canary?.map(({ share }) => share),
      [0.1, 0.5],
    )
    const running = await load(system, '/quotes/tea')
    const ended = await endOf(system, outcome?.generation ?? 0)
    await pause(500)
    await running[Symbol.asyncDispose]()
    assert.deepEqual([ended.status, ended.reason], ['live', undefined])
    for (const [name, { calls, failed }] of running.met) {
      assert.ok(calls > 20)
      assert.deepEqual(failed, [], name)
    }
    const acts = await actsOf(system)
    assert.equal(acts.filter((act) => act === 'canary-step done').length >= 2, true)
    assert.ok(acts.includes('canary-over done'))
  })

  test('shows its step and evidence, lets no other change in, and a rollback ends it', async () => {
    system.project.write('prices/service.ts', pricesService("await Promise.resolve('more')"))
    const { outcome } = await system.deploy({ services: ['prices'], canary: '50% 10m' })
    await using running = await load(system, '/quotes/tea')
    let canary = await canaryOf(system)
    for (let tries = 0; tries < 100 && (canary?.evidence.length ?? 0) === 0; tries += 1) {
      await pause(100)
      canary = await canaryOf(system)
    }
    assert.deepEqual(
      [canary?.generation, canary?.step, canary?.steps[0]?.share],
      [outcome?.generation, 0, 0.5],
    )
    assert.ok(
      canary?.evidence.some(({ party, candidate }) => party === 'consumer:partner' && candidate.calls > 0),
    )
    const other = await system.connection.control('change', await anyChange(system))
    assert.ok(!other.ok && JSON.stringify(other.data).includes('CHANGE_IN_PROGRESS'))
    const back = await system.connection.control('rollback', { service: 'prices' })
    assert.ok(back.ok)
    assert.equal(await canaryOf(system), null)
    const ended = await endOf(system, outcome?.generation ?? 0)
    assert.deepEqual([ended.status, ended.reason], ['failed', 'an operator took it back'])
    assert.deepEqual(
      [...running.met.values()].flatMap(({ failed }) => failed),
      [],
    )
  })

  test('goes on, from the step that is written down, after the control plane has ended and come back', async () => {
    system.project.write('prices/service.ts', pricesService("await Promise.resolve('again')"))
    const { outcome } = await system.deploy({ services: ['prices'], canary: '10% 300ms, 50% 8s' })
    for (let tries = 0; tries < 100 && (await canaryOf(system))?.step !== 1; tries += 1) await pause(50)
    await system.restart()
    assert.deepEqual(
      [(await canaryOf(system))?.generation, (await canaryOf(system))?.step],
      [outcome?.generation, 1],
    )
    const prices = (await system.replicas()).filter(({ instance }) => instance === 'prices/0')
    assert.equal(prices.length, 2)
    assert.equal((await endOf(system, outcome?.generation ?? 0)).status, 'live')
    assert.equal((await system.ask('/quotes/tea', { consumer: 'kiosk' })).status, 200)
  })
})

/** A change, which is not looked at further while another one goes on. */
async function anyChange(system: System): Promise<Json> {
  const { deployment } = await system.connection.running()
  return { deployment: deployment as unknown as Json, attestation: {} }
}
