// The authority of a running installation is exchanged while calls go on; who is revoked is refused within seconds, also on open connections.
// PLIMSOLL_ROTATIONS says how often it is exchanged.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { outputOf } from '@plimsoll/control/client'
import { CallFailure } from '@plimsoll/service'
import { startSystem, type System } from '@plimsoll/testbed'
import { smallShop } from './small-shop.ts'

const rotations = Number(process.env['PLIMSOLL_ROTATIONS'] ?? 2)
const revokedWithinMs = 10_000
/** One consumer may ask 100 times a second. */
const loops = 3
const pauseMs = 40

interface Authorities {
  readonly authorities: readonly {
    readonly id: string
    readonly status: string
    readonly usedBy: readonly string[]
  }[]
  readonly waiting: readonly string[]
}

const authoritiesOf = async (system: System) =>
  outputOf(await system.connection.control('authority', {})) as unknown as Authorities

const greet = (system: System) => system.ask('/greetings/Ada', { consumer: 'office' })

/** Calls through the gateway and two services until it is stopped; gives the status of each. */
function load(system: System): { stop(): Promise<readonly number[]> } {
  const progress = { done: false }
  const statuses: number[] = []
  const running = Array.from({ length: loops }, async () => {
    while (!progress.done) {
      statuses.push((await greet(system)).status)
      await pause(pauseMs)
    }
  })
  return {
    async stop() {
      progress.done = true
      await Promise.all(running)
      return statuses
    },
  }
}

async function step(system: System, name: 'prepare' | 'activate' | 'taint' | 'revoke'): Promise<void> {
  const answer = await unlessBusy(() =>
    system.connection.control('rotateAuthority', { step: name, force: false }),
  )
  assert.ok(answer.ok, JSON.stringify(answer))
  assert.deepEqual((answer.output as { waiting: string[] }).waiting, [])
}

/** A machine that is busy with other tests may have a control plane that says so; nothing has begun then. */
async function unlessBusy<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      if (!(thrown instanceof CallFailure && thrown.overloaded)) throw thrown
      await pause(pauseMs)
    }
  }
}

/** Asks until the answer is the one that has to come, for as long as it may take. */
async function becomes(system: System, status: number): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const answer = await greet(system)
    const ms = performance.now() - begun
    if (answer.status === status) return ms
    assert.ok(ms < revokedWithinMs, `still ${answer.status} after ${Math.round(ms)} ms`)
    await pause(pauseMs)
  }
}

suite('whom an installation believes', () => {
  let system: System
  before(async () => {
    system = await startSystem(smallShop({ replicas: 2 }))
    await system.deploy()
  })
  after(() => system.close())

  test(`${rotations} rotations of the authority fail no call`, async (context) => {
    const before = await authoritiesOf(system)
    const calls = load(system)
    let statuses: readonly number[]
    try {
      for (let count = 0; count < rotations; count += 1)
        for (const name of ['prepare', 'activate', 'taint', 'revoke'] as const) await step(system, name)
    } finally {
      statuses = await calls.stop()
    }
    const after = await authoritiesOf(system)
    context.diagnostic(
      `${statuses.length} calls, ${statuses.filter((status) => status !== 200).length} failed`,
    )
    assert.deepEqual(
      statuses.filter((status) => status !== 200),
      [],
    )
    assert.ok(statuses.length > rotations)
    assert.equal(after.authorities.length, 1)
    assert.notEqual(after.authorities[0]?.id, before.authorities[0]?.id)
    assert.equal(after.authorities[0]?.usedBy.length, 6)
  })

  test('a step that comes too early is refused, and nothing has changed', async () => {
    const before = await authoritiesOf(system)
    for (const name of ['activate', 'taint', 'revoke']) {
      const answer = await system.connection.control('rotateAuthority', { step: name })
      assert.equal(answer.ok, false)
    }
    assert.deepEqual(await authoritiesOf(system), before)
    assert.equal((await greet(system)).status, 200)
  })

  test('a revoked service calls nobody within 10 s, also on its open connections, until it is restored', async (context) => {
    const identity = 'spiffe://test.internal/service/greeting'
    assert.equal((await greet(system)).status, 200)
    assert.ok((await system.connection.control('revoke', { identity })).ok)
    const refusedAfter = await becomes(system, 503)
    context.diagnostic(`refused after ${Math.round(refusedAfter)} ms`)
    assert.ok((await system.connection.control('revoke', { identity, restore: true })).ok)
    await becomes(system, 200)
  })

  test('a key of a consumer that was lost opens nothing within 10 s; the new one does', async () => {
    const file = join(system.project.root, '.plimsoll/consumers/office.key')
    const lost = readFileSync(file, 'utf8')
    assert.ok((await system.connection.control('revokeConsumer', { consumer: 'office' })).ok)
    assert.notEqual(readFileSync(file, 'utf8'), lost)
    await becomes(system, 200)
    const header = { authorization: `Bearer ${lost.trim()}` }
    const answer = await system.ask('/greetings/Ada', { headers: header })
    assert.equal(answer.status, 401)
    const unknown = await system.connection.control('revokeConsumer', { consumer: 'nobody' })
    assert.equal(unknown.ok, false)
  })

  test('the identities of those who could undo it cannot be revoked', async () => {
    for (const identity of [
      'spiffe://test.internal/control/main',
      'spiffe://test.internal/operator/local',
      'nonsense',
    ])
      assert.equal((await system.connection.control('revoke', { identity })).ok, false)
  })
})
