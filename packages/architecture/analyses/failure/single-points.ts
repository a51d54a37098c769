import type { Graph } from '../../graph.ts'
import { entriesOf } from '../entries.ts'
import type { Way } from '../walk.ts'
import { neededBy, type NeededBy } from '../needed-by.ts'
import { componentFailures, type BasicEvent } from './events.ts'

/** One thing that takes entries down by itself. */
export interface SinglePoint {
  readonly event: BasicEvent
  /** Components that fail with it, sorted. More than one: a common cause that the callers' redundancy does not help against. */
  readonly components: readonly string[]
  /** Number of entries that do not answer without it. */
  readonly count: number
  /** Their ids, in the order of `entriesOf`. */
  readonly entries: readonly string[]
  /** A shortest way from an entry to a component that fails with it. */
  readonly wayFrom: (entry: string) => Way
}

/**
 * Cut sets of order 1 of all entries at once, in near linear time: most entries first. What is not evidenced is among them
 * (`event.evidenced`), so that a rule can say that it does not know.
 */
export function singlePoints(graph: Graph): readonly SinglePoint[] {
  const failures = graph.once(componentFailures)
  const order = new Map(entriesOf(graph).map(({ id }, at) => [id, at]))
  const byEvent = new Map<BasicEvent, NeededBy[]>()
  for (const needed of graph.once(neededBy).values()) {
    const failure = failures.get(needed.component)
    if (failure === undefined || graph.component(needed.component)?.kind.value === 'client') continue
    for (const event of failure.singles) {
      const needs = byEvent.get(event)
      if (needs === undefined) byEvent.set(event, [needed])
      else needs.push(needed)
    }
  }
  return [...byEvent]
    .map(([event, needs]) => singlePoint(event, needs, order))
    .toSorted((a, b) => b.count - a.count || (a.event.id < b.event.id ? -1 : 1))
}

function singlePoint(
  event: BasicEvent,
  needs: readonly NeededBy[],
  order: ReadonlyMap<string, number>,
): SinglePoint {
  const [first] = needs
  let entries: readonly string[] | undefined
  const all = () =>
    (entries ??=
      needs.length === 1
        ? (first?.entries ?? [])
        : [...new Set(needs.flatMap((needed) => needed.entries))].toSorted(
            (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
          ))
  return {
    event,
    components: needs.map(({ component }) => component).toSorted(),
    count: needs.length === 1 ? (first?.count ?? 0) : all().length,
    get entries() {
      return all()
    },
    wayFrom: (entry) =>
      shortest(needs.map((needed) => needed.wayFrom(entry)).filter((way) => way.length > 0)),
  }
}

function shortest(ways: readonly Way[]): Way {
  return ways.reduce((best, way) => (way.length < best.length ? way : best), ways[0] ?? [])
}
