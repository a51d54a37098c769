import { entriesOf, type Call, type Component, type Fact, type Graph } from '@plimsoll/architecture'
import { replicasOf, running } from './replicas.ts'

/** Requests a second. */
export interface Load {
  /** When all is well. */
  readonly usual: number
  /** When every call is tried as often as it may be. */
  readonly worst: number
}

interface Visit {
  usual: number
  worst: number
  /** Calls that lead here and were not yet followed. */
  pending: number
}

/** What a budget lets retries add: a tenth is the usual setting. */
const budgeted = 1.1

/**
 * Requests that reach each operation and component, from the declared loads of the entries along the calls, in linear time. Where
 * calls go round in a circle nothing is said of what stands behind it, so that every figure is at least reached.
 */
export function loads(graph: Graph): ReadonlyMap<string, Load> {
  const starts = entriesOf(graph).flatMap(({ id }) => {
    const rate = graph.operation(id)?.load?.value
    return rate === undefined || rate <= 0 ? [] : [{ id, rate }]
  })
  const visits = visitsFrom(
    starts.map(({ id }) => id),
    graph,
  )
  for (const { id, rate } of starts) add(visits.get(id), rate, rate)
  const ready = [...visits].filter(([, { pending }]) => pending === 0).map(([id]) => id)
  const reached = new Map<string, Load>()
  for (let at = 0; at < ready.length; at += 1) {
    const id = ready[at] ?? ''
    const here = visits.get(id)
    if (here === undefined) continue
    reached.set(id, { usual: here.usual, worst: here.worst })
    for (const call of graph.callsOf(id)) {
      const there = visits.get(call.to)
      if (there === undefined) continue
      const times = Math.max(0, call.perRequest?.value ?? 1)
      add(there, here.usual * times, here.worst * times * triesOf(call))
      there.pending -= 1
      if (there.pending === 0) ready.push(call.to)
    }
  }
  return reached
}

function visitsFrom(starts: readonly string[], graph: Graph): Map<string, Visit> {
  const visits = new Map<string, Visit>(starts.map((id) => [id, { usual: 0, worst: 0, pending: 0 }]))
  const queue = [...starts]
  for (let at = 0; at < queue.length; at += 1) {
    for (const { to } of graph.callsOf(queue[at] ?? '')) {
      const visit = visits.get(to)
      if (visit !== undefined) visit.pending += 1
      else if (graph.ownerOf(to) !== undefined) {
        visits.set(to, { usual: 0, worst: 0, pending: 1 })
        queue.push(to)
      }
    }
  }
  return visits
}

function add(visit: Visit | undefined, usual: number, worst: number): void {
  if (visit === undefined) return
  visit.usual += usual
  visit.worst += worst
}

function triesOf({ attempts, retryBudget, synchronous }: Call): number {
  const tries = Math.max(1, attempts?.value ?? 1)
  if (tries === 1 || synchronous?.value === false) return 1
  return retryBudget?.value === true ? budgeted : tries
}

/** A component of which load and capacity are known. */
export interface Loaded extends Load {
  readonly component: Component
  /** Requests a second that one replica answers. */
  readonly capacity: Fact<number>
  readonly replicas: number
}

/** Every component of which it is known what it is asked and what it can answer. */
export function loaded(graph: Graph): readonly Loaded[] {
  const reached = graph.once(loads)
  return graph.once(running).flatMap((component): readonly Loaded[] => {
    const { id, capacity } = component
    const replicas = replicasOf(component)?.value
    const parts = [id, ...graph.operationsOf(id).map((operation) => operation.id)]
      .map((part) => reached.get(part))
      .filter((load) => load !== undefined)
    if (capacity === undefined || replicas === undefined || parts.length === 0) return []
    const usual = parts.reduce((sum, load) => sum + load.usual, 0)
    const worst = parts.reduce((sum, load) => sum + load.worst, 0)
    return [{ component, capacity, replicas: Math.max(1, replicas), usual, worst }]
  })
}

/** A rate in a sentence: `420 requests a second`. */
export function perSecond(rate: number): string {
  const figure = rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)
  return `${figure} ${figure === 1 ? 'request' : 'requests'} a second`
}
