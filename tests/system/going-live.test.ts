import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startControlPlane } from '@plimsoll/control'
import { type ClientRefusal, submit } from '@plimsoll/control/client'
import { startSystem, type System } from '@plimsoll/testbed'
import { greetingService, smallShop } from './small-shop.ts'

/** Tries until it holds; says what was there last where it never does. */
async function eventually<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  let value = await look()
  for (let tries = 0; tries < 100 && !holds(value); tries += 1) {
    await pause(100)
    value = await look()
  }
  assert.ok(holds(value), JSON.stringify(value))
  return value
}

const greet = async (system: System) =>
  (await system.ask('/greetings/Ada')).body as { text: string; visits: number }

suite('a deployment goes live', () => {
  let system: System
  before(async () => {
    system = await startSystem(smallShop({ replicas: 2 }))
  })
  after(() => system.close())

  test('everything starts, and calls go from the gateway through two services', async () => {
    const { outcome } = await system.deploy()
    assert.deepEqual(outcome?.started.toSorted(), ['counter', 'gateway', 'greeting'])
    const answer = await system.ask('/greetings/Ada')
    assert.deepEqual([answer.status, answer.body], [200, { text: 'Hello, Ada', visits: 1 }])
  })

  test('the same again changes nothing', async () => {
    const { candidate, outcome } = await system.deploy()
    assert.ok(candidate.unchanged)
    assert.equal(outcome, undefined)
  })

  test('a consumer comes in with its key and scope, and nobody else', async () => {
    const reset = { method: 'PUT', body: { total: 100 } }
    assert.equal((await system.ask('/counter', { ...reset, consumer: 'office' })).status, 200)
    assert.equal((await system.ask('/counter', reset)).status, 401)
    assert.equal((await greet(system)).visits, 101)
  })

  test('operators call what the policy lets them', async () => {
    const outcome = await system.call('counter.add', { amount: 2 })
    assert.ok(outcome.ok)
  })

  test('one changed service is released beside the old one; data and the others stay', async () => {
    const pids = async () =>
      (await system.replicas()).filter(({ instance }) => instance.startsWith('counter')).map(({ pid }) => pid)
    const before = await pids()
    system.project.write('greeting/service.ts', greetingService('Good morning'))
    const { outcome } = await system.deploy({ services: ['greeting'] })
    assert.deepEqual(outcome?.started, ['greeting'])
    const answer = await greet(system)
    assert.equal(answer.text, 'Good morning, Ada')
    assert.ok(answer.visits > 103)
    assert.deepEqual(await pids(), before)
  })

  test('calls that run while a release is exchanged all succeed', async () => {
    const progress = { done: false }
    const statuses: number[] = []
    const callers = Array.from({ length: 4 }, async () => {
      while (!progress.done) statuses.push((await system.ask('/greetings/Ada')).status)
    })
    for (const word of ['Hi', 'Ahoy']) {
      system.project.write('greeting/service.ts', greetingService(word))
      await system.deploy({ services: ['greeting'] })
    }
    progress.done = true
    await Promise.all(callers)
    const failed = statuses.filter((status) => status !== 200 && status !== 429)
    assert.ok(statuses.length > 20)
    assert.deepEqual(failed, [])
  })

  test('going back is one step, and needs no new verdict', async () => {
    const outcome = await system.connection.control('rollback', { service: 'greeting' })
    assert.ok(outcome.ok, JSON.stringify(outcome))
    await pause(1_000)
    assert.equal((await greet(system)).text, 'Hi, Ada')
  })

  test('a replica that is killed is started again', async () => {
    const victim = (await system.replicas()).find(({ instance }) => instance.startsWith('greeting'))
    process.kill(victim?.pid ?? 0, 'SIGKILL')
    const replicas = await eventually(
      () => system.replicas(),
      (all) =>
        all.some(
          ({ instance, restarts, state }) =>
            instance === victim?.instance && restarts === 1 && state === 'ready',
        ),
    )
    assert.ok(replicas.every(({ state }) => state === 'ready'))
    assert.equal((await greet(system)).text, 'Hi, Ada')
  })

  test('after an end and a new start the same runs, with its data', async () => {
    const before = (await greet(system)).visits
    await system.restart()
    const answer = await greet(system)
    assert.equal(answer.text, 'Hi, Ada')
    assert.ok(answer.visits > before)
  })

  test('a second control plane on the same folder is refused', async () => {
    const options = {
      state: `${system.project.root}/.plimsoll`,
      trustDomain: 'test.internal',
      gatewayProgram: '/nowhere',
      logger: { write: () => undefined },
    }
    await assert.rejects(startControlPlane(options), { code: 'ALREADY_RUNNING' })
    assert.equal((await greet(system)).text, 'Hi, Ada')
  })
})

suite('a change that cannot go live touches nothing', () => {
  let system: System
  before(async () => {
    system = await startSystem(smallShop())
    await system.deploy()
  })
  after(() => system.close())

  test('a release whose start fails leaves the old one serving', async () => {
    system.project.write(
      'greeting/service.ts',
      greetingService('Never', "if (process.channel) throw new Error('no database here')"),
    )
    const candidate = await system.prepare({ services: ['greeting'] })
    const failed = submit(await system.project.read(), candidate, system.connection)
    await assert.rejects(failed, (error: ClientRefusal) => /greeting\/0 did not start/.test(error.message))
    assert.equal((await greet(system)).text, 'Hello, Ada')
    const replicas = await system.replicas()
    assert.deepEqual(
      replicas.map(({ state }) => state),
      ['ready', 'ready', 'ready'],
    )
  })

  test('two changes at once: one of them is told to come again', async () => {
    system.project.write('greeting/service.ts', greetingService('One'))
    const one = await system.prepare({ services: ['greeting'] })
    const configured = await system.project.read()
    const outcomes = await Promise.allSettled([
      submit(configured, one, system.connection),
      submit(configured, one, system.connection),
    ])
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    assert.equal((await greet(system)).text, 'One, Ada')
  })

  test('a port that is taken is said before anything starts', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const other = await startSystem(smallShop({ port }))
    try {
      await assert.rejects(
        other.deploy(),
        (error: ClientRefusal) =>
          error.message.includes(`port ${port}`) && /gateway\.port/.test(error.fix ?? ''),
      )
      assert.deepEqual(await other.replicas(), [])
    } finally {
      await other.close()
      server.close()
    }
  })
})
