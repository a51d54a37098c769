// Why: the control plane may die at any moment; what it runs must not notice, and it must find all of it again.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { load, openKillable, processesOf, type Killable } from './killable.ts'
import { greetingService, smallShop } from './small-shop.ts'

/** How long the control plane is away, in seconds: some, or as long as somebody wants to wait (3600). */
const awaySeconds = Number(process.env['PLIMSOLL_AWAY_SECONDS'] ?? 4)
const linux = existsSync('/proc/self/stat')

/** What went wrong, by the logs. */
function errorsIn(state: string): string {
  return readdirSync(join(state, 'logs'))
    .flatMap((name) => readFileSync(join(state, 'logs', name), 'utf8').split('\n'))
    .filter((line) => /"level":"(error|warn)"|adopted/.test(line))
    .join('\n')
}

const pidsOf = async (shop: Killable) =>
  (await shop.replicas()).map(({ instance, pid, state }) => `${instance} ${pid} ${state}`).toSorted()

suite('without its control plane', { skip: linux ? false : 'needs /proc' }, () => {
  let shop: Killable
  let gateway = ''
  before(async () => {
    shop = openKillable(smallShop({ replicas: 2 }))
    await shop.start()
    await shop.deploy()
    gateway = (await shop.connection.running()).gateway ?? ''
  })
  after(async () => {
    await shop.stop()
    shop.project.remove()
  })

  test('everything serves on, and is taken over by the next one', async () => {
    const running = await pidsOf(shop)
    const calls = load(shop.state, gateway)
    await pause(500)
    await shop.kill()
    const before = calls.progress.answered
    await pause(awaySeconds * 1_000)
    assert.ok(calls.progress.answered > before + 20, `${calls.progress.answered - before} calls`)
    await shop.start()
    assert.equal((await shop.connection.running()).gateway, gateway)
    assert.deepEqual(await pidsOf(shop), running)
    await pause(500)
    const { failed } = await calls.stop()
    assert.deepEqual(failed, [], errorsIn(shop.state))
  })

  test('a change goes live after that, with no lost call', async () => {
    const calls = load(shop.state, gateway)
    shop.project.write('greeting/service.ts', greetingService('Ahoy'))
    await shop.deploy(['greeting'])
    await pause(300)
    assert.deepEqual((await calls.stop()).failed, [])
    assert.ok((await shop.replicas()).every(({ state }) => state === 'ready'))
  })

  test('a replica that died meanwhile is started again, the others are not', async () => {
    const before = await shop.replicas()
    const victim = before.find(({ instance }) => instance === 'counter/1')
    await shop.kill()
    process.kill(-(victim?.pid ?? assert.fail()), 'SIGKILL')
    await shop.start()
    const now = await shop.replicas()
    assert.ok(now.every(({ state }) => state === 'ready'))
    const others = (all: typeof now) =>
      all.filter(({ instance }) => instance !== 'counter/1').map(({ instance, pid }) => `${instance} ${pid}`)
    assert.deepEqual(others(now), others(before))
    assert.notEqual(now.find(({ instance }) => instance === 'counter/1')?.pid, victim?.pid)
  })

  test('what is written while nobody reads it is in the log afterwards', async () => {
    await shop.kill()
    await pause(500)
    await shop.start()
    await pause(500)
    const log = readFileSync(join(shop.state, 'logs/counter-0.log'), 'utf8')
    assert.match(log, /"event":"engine-gone"/)
    assert.match(log, /"event":"adopted"/)
  })

  test('an adopted replica that is killed is started again', async () => {
    const victim = (await shop.replicas()).find(({ instance }) => instance === 'greeting/0')
    process.kill(-(victim?.pid ?? assert.fail()), 'SIGKILL')
    for (let tries = 0; tries < 200; tries += 1) {
      const now = (await shop.replicas()).find(({ instance }) => instance === 'greeting/0')
      if (now?.state === 'ready' && now.pid !== victim?.pid) break
      await pause(100)
    }
    const now = (await shop.replicas()).find(({ instance }) => instance === 'greeting/0')
    assert.ok(now?.state === 'ready' && now.pid !== victim?.pid, JSON.stringify(now))
  })

  test('an end in good order ends everything, adopted or not', async () => {
    await shop.kill()
    await shop.start()
    await shop.stop()
    assert.deepEqual(processesOf(shop.project.root), [])
    await shop.start()
    assert.ok((await shop.replicas()).every(({ state }) => state === 'ready'))
  })
})
