import type { Graph } from '../../graph.ts'
import { entriesOf } from '../entries.ts'
import { run, type Run, type Trigger } from './fluid.ts'
import { planOf, type Plan } from './plan.ts'

export interface OverloadOptions {
  /** Same seed, same answer. */
  readonly seed: number
  /** Requests a second at the entry; where absent, its own, or eight tenths of the load that it collapses at. */
  readonly load?: number | undefined
  /** Ids; all entries where absent. */
  readonly entries?: readonly string[] | undefined
  /** What begins the overload. Default: three times the load, for ten seconds. */
  readonly trigger?: Trigger | undefined
  /** Default 2,000,000: calls times steps of time of one run. What would need more is simulated in coarser steps, or not at all. */
  readonly work?: number | undefined
}

/** How an entry behaves when it is asked for more than it can answer. */
export interface Overload {
  readonly entry: string
  /** False: not enough is known, or it is too large; nothing below is then said. */
  readonly evidenced: boolean
  /** Load that was simulated with the trigger, in requests a second. */
  readonly load?: number | undefined
  /** Smallest steady load at which less than nine tenths are answered in time; absent: beyond a thousand times the known rates. */
  readonly collapsesAt?: number | undefined
  /** Component that is full first. */
  readonly bottleneck?: string | undefined
  readonly trigger: Trigger
  /** True: when the trigger is gone, nine tenths are answered again within a minute. */
  readonly recovers?: boolean | undefined
  /** Smallest load at which it stays down after the trigger, though it bore that load before: from here on it is metastable. */
  readonly metastableFrom?: number | undefined
  /** Second by second with the trigger. */
  readonly timeline?: Run | undefined
  /** What is not known; a rate that is not known counts as unlimited. */
  readonly unknown: readonly string[]
}

const warmS = 10
const afterS = 60
const good = 0.9
const spike: Trigger = { kind: 'spike', factor: 3, seconds: 10 }
const halvings = 10

/**
 * At which load each entry collapses, and whether it recovers when the trigger is gone or stays down by its own retries: vulnerable
 * to metastable failure (Bronson et al., HotOS 2021). A fluid simulation, the same for the same seed, in bounded time.
 */
export function overload(graph: Graph, options: OverloadOptions): readonly Overload[] {
  const ids = options.entries ?? entriesOf(graph).map(({ id }) => id)
  return ids.map((id) => overloadOf(planOf(id, graph), graph.operation(id)?.load?.value, options))
}

function overloadOf(plan: Plan, declared: number | undefined, options: OverloadOptions): Overload {
  const { trigger = spike, seed, work = 2_000_000 } = options
  const { entry, unknown } = plan
  const bottleneck = fullFirst(plan)
  const stepS = stepOf(plan, warmS + trigger.seconds + afterS, work)
  if (bottleneck === undefined || stepS === undefined) return { entry, evidenced: false, trigger, unknown }
  const runs: Runs = { plan, seed, stepS, trigger: aimed(trigger, bottleneck.component) }
  const bearable = 2 * bottleneck.load
  const collapsesAt = smallest(bearable, (load) => !bears(load, runs))
  const load = options.load ?? declared ?? 0.8 * (collapsesAt ?? bottleneck.load)
  const timeline = triggered(load, runs)
  const stays = (tried: number) => bears(tried, runs) && !hasRecovered(triggered(tried, runs), tried)
  return {
    entry,
    evidenced: true,
    load,
    collapsesAt,
    bottleneck: bottleneck.component,
    trigger: runs.trigger,
    recovers: hasRecovered(timeline, load),
    metastableFrom: metastableFrom(collapsesAt ?? bearable, stays),
    timeline,
    unknown,
  }
}

interface Runs {
  readonly plan: Plan
  readonly seed: number
  readonly stepS: number
  readonly trigger: Trigger
}

/** A slow component that nobody named is the one that is full first. */
function aimed(trigger: Trigger, bottleneck: string): Trigger {
  return trigger.kind === 'slow' ? { ...trigger, component: trigger.component ?? bottleneck } : trigger
}

/** The component whose rate is used up first, without any retry, and the load at which it is. */
function fullFirst({
  steps,
  stations,
}: Plan): { readonly component: string; readonly load: number } | undefined {
  const visits = new Float64Array(steps.length)
  const asked = new Float64Array(stations.length)
  visits[0] = 1
  for (const [at, { station, calls }] of steps.entries()) {
    asked[station] = (asked[station] ?? 0) + (visits[at] ?? 0)
    for (const { to, perRequest } of calls) visits[to] = (visits[to] ?? 0) + (visits[at] ?? 0) * perRequest
  }
  return stations
    .map(({ component, rate }, at) => ({ component, load: rate / (asked[at] ?? 0) }))
    .filter(({ load }) => Number.isFinite(load) && load > 0)
    .toSorted((a, b) => a.load - b.load || (a.component < b.component ? -1 : 1))[0]
}

/** From twenty milliseconds up to a tenth of a second; undefined where even that is too much work. */
function stepOf({ edges }: Plan, seconds: number, work: number): number | undefined {
  const needed = (Math.max(1, edges) * seconds) / work
  return needed > 0.1 ? undefined : Math.max(0.02, needed)
}

function bears(load: number, { plan, seed, stepS }: Runs): boolean {
  const seconds = 40
  const { goodput } = run(plan, { load, seed, seconds, stepS, warmS })
  return mean(goodput.slice(-10)) >= good * load
}

function triggered(load: number, { plan, seed, stepS, trigger }: Runs): Run {
  return run(plan, { load, seed, seconds: warmS + trigger.seconds + afterS, stepS, warmS, trigger })
}

function hasRecovered({ goodput }: Run, load: number): boolean {
  return mean(goodput.slice(-10)) >= good * load
}

/** By halving: what holds at a load is taken to hold at every higher one. Undefined where it does not hold at the highest. */
function smallest(highest: number, holds: (load: number) => boolean): number | undefined {
  if (!holds(highest)) return undefined
  let low = 0
  let high = highest
  for (let round = 0; round < halvings; round += 1) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/** Just below the collapse it is most vulnerable: if it recovers there, it does everywhere. */
function metastableFrom(collapse: number, stays: (load: number) => boolean): number | undefined {
  return smallest(0.95 * collapse, stays)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
