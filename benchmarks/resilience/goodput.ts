import { table } from '../table.ts'
import { Fleet } from './fleet.ts'
import { capacity, openLoop, percentile, type Result } from './load.ts'
import type { Work } from './replica.ts'

const works: readonly { readonly name: string; readonly work: Work; readonly saturatedBy: number }[] = [
  { name: '8 connections of a pool, 10 ms each', work: { kind: 'pool', size: 8, ms: 10 }, saturatedBy: 16 },
  { name: 'the thread, 2 ms each', work: { kind: 'thread', ms: 2 }, saturatedBy: 6 },
]
const overload = 3
const forMs = 10_000
/** After so long the limit is where it stays. */
const settledMs = 3_000
const terms = { timeoutMs: 500 }

export interface Goodput {
  /** Answers in time at three times the capacity, over the capacity. */
  readonly share: number
  /** p99 of what was answered, over the p99 at a fifth of the capacity. */
  readonly p99: number
}

/** What a replica still does when three times as much is asked of it as it can do; the worst of all kinds of work. */
export async function measureGoodput(): Promise<{ readonly own: Goodput; readonly without: Goodput }> {
  const rows: string[][] = [
    ['three times the capacity', 'goodput', 'p99', 'critical', 'normal', 'background'],
  ]
  const own: Goodput[] = []
  const without: Goodput[] = []
  for (const { name, work, saturatedBy } of works) {
    for (const limited of [true, false]) {
      const measured = await measure(work, saturatedBy, limited)
      ;(limited ? own : without).push(measured.goodput)
      rows.push([`${name}${limited ? '' : ', without a limit'}`, ...measured.cells])
    }
  }
  console.log(table(rows))
  return { own: worst(own), without: worst(without) }
}

async function measure(work: Work, saturatedBy: number, limited: boolean) {
  await using fleet = new Fleet()
  const { address } = await fleet.start(work, limited)
  const addresses = [address]
  const caller = fleet.caller(() => addresses, { bulkhead: { mostInFlight: 100_000 } })
  await capacity(caller, saturatedBy, 1_000)
  const before = await capacity(caller, saturatedBy, 3_000)
  const quiet = await openLoop([caller], {
    callsPerSecond: before / 5,
    forMs: 5_000,
    operation: () => 'quote',
    terms,
  })
  const results = await openLoop([caller], {
    callsPerSecond: before * overload,
    forMs,
    operation: oneOfThree,
    terms,
  })
  // The machine may have had more time for it than before.
  const possible = Math.max(before, await capacity(caller, saturatedBy, 3_000))
  const settled = results.filter(({ at }) => at - (results[0]?.at ?? 0) >= settledMs)
  const good = settled.filter(({ outcome }) => outcome === 'ok')
  const share = good.length / ((forMs - settledMs) / 1_000) / possible
  const quietP99 = p99(quiet)
  const p99Ratio = p99(good) / quietP99
  return {
    goodput: { share, p99: p99Ratio },
    cells: [
      percent(share),
      good.length === 0
        ? 'nothing in time'
        : `${p99(good).toFixed(1)} ms = ${p99Ratio.toFixed(1)} × ${quietP99.toFixed(1)} ms`,
      ...['pay', 'quote', 'report'].map((operation) => answered(settled, operation)),
    ],
  }
}

/** A quarter critical, half normal, a quarter background. */
function oneOfThree(): string {
  const random = Math.random()
  return random < 0.25 ? 'pay' : random < 0.75 ? 'quote' : 'report'
}

function answered(results: readonly Result[], operation: string): string {
  const all = results.filter((result) => result.operation === operation)
  return percent(all.filter(({ outcome }) => outcome === 'ok').length / all.length)
}

function p99(results: readonly Result[]): number {
  return percentile(
    results.filter(({ outcome }) => outcome === 'ok').map(({ tookMs }) => tookMs),
    0.99,
  )
}

function worst(all: readonly Goodput[]): Goodput {
  return {
    share: Math.min(...all.map(({ share }) => share)),
    p99: Math.max(...all.map(({ p99: ratio }) => ratio)),
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
