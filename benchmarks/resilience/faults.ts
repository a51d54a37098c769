import { setTimeout as sleep } from 'node:timers/promises'
import { table } from '../table.ts'
import { Fleet, type Replica } from './fleet.ts'
import { openLoop, percentile, type Result } from './load.ts'
import { SilentLink } from './silent-link.ts'

const callsPerSecond = 600
const beforeMs = 2_000
const afterMs = 8_000
/** An error rate is that of the calls of so long. */
const windowMs = 1_000
const acceptable = 0.001

interface Site {
  readonly failing: Replica
  readonly link: SilentLink
}

const faults: Readonly<Record<string, (site: Site) => Promise<void> | void>> = {
  'stopped (SIGSTOP)': ({ failing }) => failing.signal('SIGSTOP'),
  'killed (SIGKILL)': ({ failing }) => failing.signal('SIGKILL'),
  'slowed 100 times': ({ failing }) => failing.slow(100),
  'cut off, silently': ({ link }) => link.cut(),
}

export interface FaultFigures {
  /** Milliseconds from the fault until less than a thousandth of calls fails, the longest of all faults. */
  readonly own: number
  readonly roundRobin: number | 'never'
  readonly wrong: number
}

/** One of three replicas fails in the middle of a load; what callers notice, and until when. */
export async function measureFaults(): Promise<FaultFigures> {
  const rows = [['one of three replicas', 'errors', 'wrong', 'last error after', 'p99 after 2 s']]
  const own: number[] = []
  const others: number[] = []
  let wrong = 0
  for (const name of Object.keys(faults)) {
    for (const balanced of [true, false]) {
      const { results, faultAt } = await measure(name, balanced)
      const recovery = recoveryOf(results, faultAt)
      ;(balanced ? own : others).push(recovery)
      if (balanced) wrong += results.filter(({ outcome }) => outcome === 'wrong').length
      rows.push([`${name}${balanced ? '' : ', round robin and timeouts alone'}`, ...cells(results, faultAt)])
    }
  }
  console.log(`\n${table(rows)}`)
  const longest = Math.max(...others)
  return {
    own: Math.max(...own),
    roundRobin: Number.isFinite(longest) ? Math.round(longest) : 'never',
    wrong,
  }
}

async function measure(name: string, balanced: boolean) {
  await using fleet = new Fleet()
  const replicas = await Promise.all([1, 2, 3].map(() => fleet.start({ kind: 'wait', ms: 5 })))
  const [failing, ...healthy] = replicas
  if (failing === undefined) throw new Error('no replica')
  using link = new SilentLink(failing.address)
  const addresses = [await link.open(), ...healthy.map(({ address }) => address)]
  const callers = balanced
    ? [fleet.caller(() => addresses)]
    : addresses.map((address) => [address]).map((alone) => fleet.caller(() => alone))
  await openLoop(callers, loadFor(1_000, balanced))
  const running = openLoop(callers, loadFor(beforeMs + afterMs, balanced))
  await sleep(beforeMs)
  const faultAt = performance.now()
  await faults[name]?.({ failing, link })
  return { results: await running, faultAt }
}

function loadFor(forMs: number, balanced: boolean) {
  return {
    callsPerSecond,
    forMs,
    operation: () => 'quote',
    // A second attempt within the same time, for both.
    terms: { timeoutMs: 250, withinMs: 500, attempts: balanced ? 2 : 1 },
  }
}

/** From the fault to the end of the last stretch in which too many calls failed. Infinite where that is the end of the run. */
function recoveryOf(results: readonly Result[], faultAt: number): number {
  const after = results.filter(({ at }) => at >= faultAt).toSorted((a, b) => a.at - b.at)
  const end = after.at(-1)?.at ?? faultAt
  let recovered = faultAt
  let begin = 0
  let failures = 0
  for (const [index, result] of after.entries()) {
    if (result.outcome !== 'ok') failures += 1
    for (; (after[begin]?.at ?? Infinity) < result.at - windowMs; begin += 1)
      if (after[begin]?.outcome !== 'ok') failures -= 1
    // The moment of the last failure, and not the end of the stretch that it spoils.
    if (failures > acceptable * (index - begin + 1) && result.outcome !== 'ok')
      recovered = Math.max(recovered, result.at + result.tookMs)
  }
  return end - recovered < windowMs ? Number.POSITIVE_INFINITY : recovered - faultAt
}

function cells(results: readonly Result[], faultAt: number): string[] {
  const failed = results.filter(({ outcome }) => outcome !== 'ok')
  const late = results.filter(({ at, outcome }) => at > faultAt + 2_000 && outcome === 'ok')
  const recovery = recoveryOf(results, faultAt)
  return [
    `${failed.length} of ${results.length}`,
    String(results.filter(({ outcome }) => outcome === 'wrong').length),
    Number.isFinite(recovery) ? `${Math.round(recovery)} ms` : 'never',
    `${percentile(
      late.map(({ tookMs }) => tookMs),
      0.99,
    ).toFixed(1)} ms`,
  ]
}
