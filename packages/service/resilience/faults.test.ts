import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import type { Caller } from '../caller.ts'
import { CallFailure } from '../errors.ts'
import type { Opening } from '../testing/stoppable.ts'
import { openTown, trustDomain, type Town } from '../testing/town.ts'

const program = fileURLToPath(new URL('../testing/stoppable.ts', import.meta.url))

interface Process {
  readonly child: ChildProcess
  readonly address: string
}

async function start(test: TestContext, town: Town): Promise<Process> {
  const child = fork(program, { execArgv: [], serialization: 'json' })
  test.after(() => child.kill('SIGKILL'))
  const callers = [`spiffe://${trustDomain}/service/pricing`]
  child.send({ credentials: town.credentials('service', 'catalog'), callers } satisfies Opening)
  const [address] = (await once(child, 'message')) as [string]
  return { child, address }
}

async function openThree(test: TestContext) {
  const town = await openTown(test)
  const replicas = await Promise.all([1, 2, 3].map(() => start(test, town)))
  town.place(
    'catalog',
    replicas.map(({ address }) => address),
  )
  const [failing] = replicas
  assert.ok(failing)
  return { town, failing, replicas, caller: town.caller('service', 'pricing') }
}

interface Seen {
  ok: number
  wrong: number
  readonly failures: CallFailure[]
}

let last = 0

/** Calls, so many at a time, until told to end; every answer is looked at. */
async function keepCalling(caller: Caller, until: () => boolean, terms: object = {}): Promise<Seen> {
  const seen: Seen = { ok: 0, wrong: 0, failures: [] }
  const callOnce = async () => {
    last += 1
    const sku = String(last)
    const call = { service: 'catalog', operation: 'lookup', input: { sku }, timeoutMs: 1_000, ...terms }
    try {
      const outcome = await caller.call(call)
      const right =
        outcome.ok && JSON.stringify(outcome.output) === JSON.stringify({ sku, price: Number(sku) })
      seen[right ? 'ok' : 'wrong'] += 1
    } catch (thrown) {
      assert.ok(thrown instanceof CallFailure)
      seen.failures.push(thrown)
    }
  }
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!until()) await callOnce()
    }),
  )
  return seen
}

const atLeast = (calls: number) => {
  const first = last
  return () => last - first >= calls
}

test('a replica that is stopped is not asked any more, and is again when it goes on', async (test) => {
  const { failing, caller } = await openThree(test)
  await keepCalling(caller, atLeast(60))
  failing.child.kill('SIGSTOP')
  // Those that were under way there fail at their deadline; then nobody goes there.
  const begun = performance.now()
  const during = await keepCalling(caller, () => performance.now() - begun > 3_000)
  assert.equal(during.wrong, 0)
  assert.ok(during.failures.length <= 60, `${during.failures.length} failures`)
  const after = await keepCalling(caller, atLeast(500))
  assert.deepEqual([after.wrong, after.failures], [0, []])
  failing.child.kill('SIGCONT')
  const resumed = await keepCalling(caller, atLeast(500))
  assert.deepEqual([resumed.wrong, resumed.failures], [0, []])
})

test('when a replica is killed, calls that may be repeated do not notice; others fail once and no more', async (test) => {
  const { failing, caller } = await openThree(test)
  const terms = { attempts: 2, timeoutMs: 2_000 }
  const running = keepCalling(caller, atLeast(800), terms)
  await sleep(100)
  failing.child.kill('SIGKILL')
  const { ok, wrong, failures } = await running
  assert.deepEqual([wrong, failures], [0, []])
  assert.ok(ok >= 800)
})

test('a drained replica finishes what runs, sends the rest elsewhere, and no call fails, repeatable or not', async (test) => {
  const { town, failing, replicas, caller } = await openThree(test)
  const running = keepCalling(caller, atLeast(1_500))
  await sleep(100)
  const ended = once(failing.child, 'exit')
  failing.child.kill('SIGTERM')
  const [code] = (await ended) as [number]
  assert.equal(code, 0)
  town.place(
    'catalog',
    replicas.slice(1).map(({ address }) => address),
  )
  const { wrong, failures } = await running
  assert.deepEqual([wrong, failures], [0, []])
})
