import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Deployment } from '@plimsoll/architecture'
import { openSigningKey } from '@plimsoll/identity'
import { admit } from './admission.ts'
import { Changes } from './changes.ts'
import { startControlPlane } from './control-plane.ts'
import type { Fleet } from './rollout.ts'
import { deploymentOf, goodProgram, openShop, type Shop } from './shop.fixture.ts'

const badProgram = `console.error('no database here'); process.exit(1)`

async function goLive(shop: Shop, deployment: Deployment, fleet: Fleet = shop.fleet) {
  const running = fleet.live?.deployment
  const attestation = await shop.vetted(deployment, running)
  return fleet.rollOut(
    await admit({ deployment, attestation, running, store: shop.store, trust: shop.trust }),
    'change',
  )
}

const runningIn = (fleet: Fleet) =>
  fleet.sets.flatMap((set) =>
    set.replicas().map(({ instance, state, pid, release }) => ({ instance, state, pid, release })),
  )

/** Processes of this machine whose program lies in the folder. */
function processesOf(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

suite('a rollout', () => {
  test('starts what changed, keeps what did not, ends what is gone', async () => {
    await using shop = openShop()
    const [pricing, orders] = [await shop.release('pricing'), await shop.release('orders')]
    assert.deepEqual((await goLive(shop, deploymentOf({ pricing, orders }))).started.toSorted(), [
      'orders',
      'pricing',
    ])
    const before = runningIn(shop.fleet)
    const newer = await shop.release('orders', `${goodProgram} // 2`)
    const outcome = await goLive(shop, deploymentOf({ pricing, orders: newer }))
    assert.deepEqual([outcome.generation, outcome.started, outcome.stopped], [2, ['orders'], []])
    const pidOf = (name: string, replicas: ReturnType<typeof runningIn>) =>
      replicas.find(({ instance }) => instance === `${name}/0`)?.pid
    assert.equal(pidOf('pricing', runningIn(shop.fleet)), pidOf('pricing', before))
    assert.notEqual(pidOf('orders', runningIn(shop.fleet)), pidOf('orders', before))
    assert.deepEqual((await goLive(shop, deploymentOf({ pricing }))).stopped, ['orders'])
    assert.equal(processesOf(shop.folders.state).length, existsSync('/proc') ? 1 : 0)
    await shop.fleet.drain()
    assert.deepEqual(processesOf(shop.folders.state), [])
  })

  test('in which one of several services does not start leaves everything as it was', async () => {
    await using shop = openShop()
    const pricing = await shop.release('pricing')
    await goLive(shop, deploymentOf({ pricing }))
    const before = runningIn(shop.fleet)
    const next = deploymentOf({
      pricing: await shop.release('pricing', `${goodProgram} // 2`),
      orders: await shop.release('orders'),
      payments: await shop.release('payments', badProgram),
    })
    await assert.rejects(goLive(shop, next), /payments\/0 did not start: exit code 1\nno database here/)
    assert.deepEqual(runningIn(shop.fleet), before)
    assert.deepEqual(shop.fleet.live?.deployment, deploymentOf({ pricing }))
    const [failed, live] = shop.state.generations(2)
    assert.deepEqual([failed?.status, live?.status, live?.number], ['failed', 'live', 1])
    assert.match(failed?.reason ?? '', /no database here/)
    assert.equal(processesOf(shop.folders.state).length, existsSync('/proc') ? 1 : 0)
  })

  test('the first of which does not start leaves nothing', async () => {
    await using shop = openShop()
    const next = deploymentOf({
      orders: await shop.release('orders'),
      payments: await shop.release('payments', badProgram),
    })
    await assert.rejects(goLive(shop, next), { code: 'START' })
    assert.deepEqual(
      [runningIn(shop.fleet), shop.fleet.live, shop.state.live(), shop.fleet.gateway],
      [[], undefined, undefined, undefined],
    )
    assert.deepEqual(processesOf(shop.folders.state), [])
  })

  test('that cannot be written down ends what it started', async () => {
    await using shop = openShop()
    const full = {
      promote: () => {
        throw new Error('the disk is full')
      },
    }
    const { state } = shop
    const onFullDisk = shop.fleetWith({
      state: Object.assign(Object.create(state) as typeof state, full, {
        begin: state.begin.bind(state),
        fail: state.fail.bind(state),
        consumerKeys: state.consumerKeys.bind(state),
      }),
    })
    await assert.rejects(
      goLive(shop, deploymentOf({ pricing: await shop.release('pricing') }), onFullDisk),
      /disk is full/,
    )
    assert.deepEqual([runningIn(onFullDisk), onFullDisk.live, shop.state.live()], [[], undefined, undefined])
    assert.equal(shop.state.generations(1)[0]?.status, 'failed')
    assert.deepEqual(processesOf(shop.folders.state), [])
  })

  test('without anything for consumers needs no gateway, and no port of one', async () => {
    await using shop = openShop()
    const { createServer } = await import('node:net')
    const server = createServer().listen(0, '127.0.0.1')
    const { once } = await import('node:events')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    try {
      const next = deploymentOf(
        { pricing: await shop.release('pricing') },
        { gateway: { port, host: '127.0.0.1', replicas: 1 } },
      )
      assert.deepEqual((await goLive(shop, next)).started, ['pricing'])
    } finally {
      server.close()
    }
  })

  test('is one at a time, and none while the control plane ends', async () => {
    await using shop = openShop()
    const { fleet, state, store, trust, folders } = shop
    const changes = new Changes({ fleet, state, store, trust, folders })
    const next = deploymentOf({ pricing: await shop.release('pricing') })
    const attestation = await shop.vetted(next)
    const outcomes = await Promise.allSettled([
      changes.change(next, attestation),
      changes.change(next, attestation),
      changes.rollback(undefined),
    ])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    )
    assert.deepEqual(
      outcomes
        .slice(1)
        .map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code),
      ['CHANGE_IN_PROGRESS', 'CHANGE_IN_PROGRESS'],
    )
    await assert.rejects(changes.rollback(undefined), { code: 'NOTHING_TO_ROLL_BACK' })
    await assert.rejects(changes.rollback('nowhere'), { code: 'NOTHING_TO_ROLL_BACK' })
    await changes.end()
    await assert.rejects(changes.change(next, attestation), { code: 'CLOSING' })
  })

  test('goes back to a former release, and asks for a verdict where that was never live like this', async () => {
    await using shop = openShop()
    const { fleet, state, store, trust, folders } = shop
    const changes = new Changes({ fleet, state, store, trust, folders })
    const change = async (next: Deployment) =>
      changes.change(next, await shop.vetted(next, fleet.live?.deployment))
    const [one, two] = [await shop.release('pricing'), await shop.release('pricing', `${goodProgram} // 2`)]
    const orders = await shop.release('orders')
    await change(deploymentOf({ pricing: one }))
    await change(deploymentOf({ pricing: two }))
    assert.ok('generation' in (await changes.rollback('pricing')))
    assert.equal(fleet.live?.deployment.services['pricing']?.release, one.digest)
    await change(deploymentOf({ pricing: two, orders }))
    const outcome = await changes.rollback('pricing')
    assert.ok('needsVerdict' in outcome)
    assert.deepEqual(
      [outcome.needsVerdict.services['pricing']?.release, outcome.needsVerdict.services['orders']?.release],
      [one.digest, orders.digest],
    )
    assert.equal(fleet.live?.deployment.services['pricing']?.release, two.digest)
  })
})

suite('a control plane', () => {
  const logger = { write: () => undefined }

  test('that cannot start leaves no process, no lock and no file open', async () => {
    await using shop = openShop()
    await goLive(shop, deploymentOf({ pricing: await shop.release('pricing') }))
    await shop.fleet.drain()
    const options = {
      state: shop.folders.state,
      trustDomain: 'shop.internal',
      gatewayProgram: '/nowhere',
      logger,
    }
    mkdirSync(join(shop.folders.state, 'control.json'))
    await assert.rejects(startControlPlane(options), { code: 'EISDIR' })
    assert.deepEqual(processesOf(shop.folders.state), [])
    rmSync(join(shop.folders.state, 'control.json'), { recursive: true })
    const control = await startControlPlane(options)
    await assert.rejects(startControlPlane(options), { code: 'ALREADY_RUNNING' })
    await control.close()
    await (await startControlPlane(options)).close()
  })

  test('with a damaged state, an exchanged key or another trust domain does not start, and lets go of its lock', async () => {
    const state = mkdtempSync(join(tmpdir(), 'plimsoll-control-'))
    const options = { state, trustDomain: 'shop.internal', gatewayProgram: '/nowhere', logger }
    try {
      await (await startControlPlane(options)).close()
      await assert.rejects(startControlPlane({ ...options, trustDomain: 'other.internal' }), {
        code: 'AUTHORITY',
      })
      rmSync(join(state, 'keys/gate.key'))
      openSigningKey(join(state, 'keys/gate.key'))
      await assert.rejects(startControlPlane(options), { code: 'TRUST_CHANGED' })
      rmSync(join(state, 'control.sqlite'))
      mkdirSync(join(state, 'control.sqlite'))
      await assert.rejects(startControlPlane(options), { code: 'STATE' })
      rmSync(join(state, 'control.sqlite'), { recursive: true })
      await (await startControlPlane(options)).close()
      assert.ok(!existsSync(join(state, 'control.json')))
    } finally {
      rmSync(state, { recursive: true })
    }
  })
})
