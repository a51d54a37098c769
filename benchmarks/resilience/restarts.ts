import { table } from '../table.ts'
import { Fleet, type Replica } from './fleet.ts'
import { callOnce } from './load.ts'

const calls = Number(process.env['PLIMSOLL_BENCH_CALLS'] ?? 1_000_000)
const restarts = 20
const concurrency = 64
const replicas = 3
const terms = { timeoutMs: 5_000 }

export interface RestartFigures {
  readonly restarts: number
  readonly calls: number
  readonly failed: number
  readonly wrong: number
  readonly failedPerMillionWithoutDrain: number
}

/** Every replica replaced, one after the other, again and again, while calls go on that nobody may repeat. */
export async function measureRestarts(): Promise<RestartFigures> {
  const own = await roll({ calls, rounds: restarts, end: (replica) => replica.drain() })
  const killed = await roll({
    calls: calls / 10,
    rounds: restarts / 10,
    end: async (replica) => replica.signal('SIGKILL'),
  })
  console.log(
    `\n${table([
      ['rolling restarts under 64 calls at a time', 'restarts', 'calls', 'failed', 'wrong'],
      ['drained', ...cells(own)],
      ['killed instead', ...cells(killed)],
    ])}`,
  )
  return { ...own, failedPerMillionWithoutDrain: (1e6 * killed.failed) / killed.calls }
}

interface Plan {
  readonly calls: number
  readonly rounds: number
  readonly end: (replica: Replica) => Promise<void>
}

interface Rolled {
  readonly restarts: number
  readonly calls: number
  readonly failed: number
  readonly wrong: number
}

async function roll(plan: Plan): Promise<Rolled> {
  await using fleet = new Fleet()
  let running = await Promise.all(
    Array.from({ length: replicas }, () => fleet.start({ kind: 'wait', ms: 1 })),
  )
  let addresses = running.map(({ address }) => address)
  const caller = fleet.caller(() => addresses)
  const count = { begun: 0, failed: 0, wrong: 0, rounds: 0 }
  const load = Array.from({ length: concurrency }, async () => {
    // The last restart ends before the last call begins.
    while (count.begun < plan.calls || count.rounds < plan.rounds) {
      count.begun += 1
      const { outcome } = await callOnce(caller, 'pay', terms)
      if (outcome === 'wrong') count.wrong += 1
      else if (outcome !== 'ok') count.failed += 1
    }
  })
  const replace = async (old: Replica) => {
    const next = await fleet.start({ kind: 'wait', ms: 1 })
    running = running.map((replica) => (replica === old ? next : replica))
    addresses = running.map(({ address }) => address)
    await plan.end(old)
  }
  for (let round = 1; round <= plan.rounds; round += 1) {
    while (count.begun < (plan.calls / (plan.rounds + 1)) * round)
      await new Promise((done) => setTimeout(done, 5))
    for (const replica of running) await replace(replica)
    count.rounds = round
  }
  await Promise.all(load)
  return { restarts: plan.rounds, calls: count.begun, failed: count.failed, wrong: count.wrong }
}

function cells(rolled: Rolled): string[] {
  return [rolled.restarts, rolled.calls, rolled.failed, rolled.wrong].map((value) =>
    value.toLocaleString('en'),
  )
}
