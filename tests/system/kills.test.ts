// Why: a rollout that is cut off at any point has to go on or go back, and nothing of it may be left.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { outputOf } from '@plimsoll/control/client'
import { get, openKillable, processesOf, type Killable } from './killable.ts'
import { greetingService, smallShop } from './small-shop.ts'

/** Rollouts that are cut off: a few, or as many as somebody wants to wait for. */
const kills = Number(process.env['PLIMSOLL_KILLS'] ?? 3)
/** A rollout of one service takes about this long; the kill comes anywhere in it. */
const rolloutMs = Number(process.env['PLIMSOLL_KILL_WITHIN_MS'] ?? 1_500)

interface History {
  readonly generations: readonly {
    readonly number: number
    readonly status: string
    readonly services: Record<string, string>
  }[]
}

suite('a rollout that is cut off', { skip: existsSync('/proc/self/stat') ? false : 'needs /proc' }, () => {
  let shop: Killable
  let answered = 'Hello'
  before(async () => {
    shop = openKillable(smallShop())
    await shop.start()
    await shop.deploy()
  })
  after(async () => {
    await shop.stop()
    shop.project.remove()
  })

  for (let round = 1; round <= kills; round += 1)
    test(`goes on or goes back: ${round}`, async () => {
      const word = `Word${round}`
      shop.project.write('greeting/service.ts', greetingService(word))
      const submit = await shop.prepare(['greeting'])
      const acknowledged = submit().then(
        () => true,
        () => false,
      )
      await Promise.race([pause(Math.random() * rolloutMs), acknowledged])
      await shop.kill()
      // It may be told that it is done before it is killed; then it has to be so afterwards.
      const done = await acknowledged
      await shop.start()
      const said = await greeting(shop)
      assert.ok(said === word || (!done && said === answered), `${said}, ${answered} or ${word}, ${done}`)
      const before = answered
      answered = said
      await consistent(shop, before, said)
    })
})

async function greeting(shop: Killable): Promise<string> {
  const { gateway = '' } = await shop.connection.running()
  const ca = readFileSync(join(shop.state, 'gateway/ca.pem'))
  const { status, body } = await get(`${gateway}/greetings/Ada`, { ca, agent: false })
  assert.equal(status, 200, JSON.stringify(body))
  return (body as { text: string }).text.split(',')[0] ?? ''
}

/** One generation is live, all of it runs, and nothing else does. */
async function consistent(shop: Killable, before: string, now: string): Promise<void> {
  const { generations } = outputOf(
    await shop.connection.control('history', { most: 200 }),
  ) as unknown as History
  const live = generations.filter(({ status }) => status === 'live')
  assert.equal(live.length, 1)
  assert.deepEqual(
    generations.filter(({ status }) => status === 'rolling'),
    [],
  )
  assert.ok(before === now || live[0]?.number === generations[0]?.number)
  const replicas = await shop.replicas()
  assert.deepEqual(replicas.map(({ instance, state }) => `${instance} ${state}`).toSorted(), [
    'counter/0 ready',
    'gateway/0 ready',
    'greeting/0 ready',
  ])
  const known = new Set(replicas.map(({ pid }) => pid))
  const records = readdirSync(join(shop.state, 'running'))
    .filter((name) => name.endsWith('.json'))
    .map(
      (name) => (JSON.parse(readFileSync(join(shop.state, 'running', name), 'utf8')) as { pid: number }).pid,
    )
  assert.deepEqual(new Set(records), known)
  const strangers = processesOf(shop.project.root).filter(({ pid }) => !known.has(groupOf(pid)))
  assert.deepEqual(strangers, [])
}

/** The replica that a process belongs to: itself, or the nearest of its parents whose parent does not belong to it. */
function groupOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [, parent = '1'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const above = Number(parent)
  if (above <= 1) return pid
  const command = existsSync(`/proc/${above}/cmdline`)
    ? readFileSync(`/proc/${above}/cmdline`, 'utf8').replaceAll('\0', ' ')
    : ''
  return /bwrap/.test(command) ? groupOf(above) : pid
}
