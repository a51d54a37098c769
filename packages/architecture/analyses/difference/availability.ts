import type { Graph } from '../../graph.ts'
import { availability } from '../failure/availability.ts'
import type { Interval } from '../failure/events.ts'
import { neededBy } from '../needed-by.ts'

export interface AvailabilityChange {
  readonly entry: string
  readonly before: Interval
  readonly after: Interval
  /** Components that it needs now and did not before, and the other way round. */
  readonly gained: readonly string[]
  readonly dropped: readonly string[]
}

export interface AvailabilityChanges {
  /** The largest loss first. */
  readonly changes: readonly AvailabilityChange[]
  /** Entries whose needs differ and whose availability was not worked out, because there are too many. */
  readonly skipped: number
}

/** Decision diagrams of many entries: each is smaller than where one entry alone is asked for. */
const nodes = 2_000

/** Only entries of which a needed component, or the set of them, differs: the others cannot have changed. */
export function availabilityChanges(
  before: Graph,
  after: Graph,
  { entries, most }: { readonly entries: readonly string[]; readonly most: number },
): AvailabilityChanges {
  const earlier = needsByEntry(before)
  const later = needsByEntry(after)
  const differing = changedComponents(before, after)
  const concerned = entries.flatMap((entry) => {
    const old = earlier.get(entry) ?? []
    const now = later.get(entry) ?? []
    const [gained, dropped] = [missing(now, old), missing(old, now)]
    const same = gained.length === 0 && dropped.length === 0 && !now.some((id) => differing.has(id))
    return same ? [] : [{ entry, gained, dropped }]
  })
  const changes = concerned.slice(0, most).flatMap(({ entry, gained, dropped }) => {
    const was = availability(before, entry, { nodes }).interval
    const is = availability(after, entry, { nodes }).interval
    const same = was.low === is.low && was.high === is.high && gained.length === 0 && dropped.length === 0
    return same ? [] : [{ entry, before: was, after: is, gained, dropped }]
  })
  return {
    changes: changes.toSorted((a, b) => gain(a) - gain(b) || (a.entry < b.entry ? -1 : 1)),
    skipped: Math.max(0, concerned.length - most),
  }
}

function gain({ before, after }: AvailabilityChange): number {
  return after.low - before.low
}

function missing(ids: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return ids.filter((id) => !known.has(id))
}

/** Entry → components that it needs, from one pass over both. */
function needsByEntry(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { component, entries } of graph.once(neededBy).values()) {
    for (const entry of entries) {
      const needs = found.get(entry)
      if (needs === undefined) found.set(entry, [component])
      else needs.push(component)
    }
  }
  return found
}

/** Components of which something differs that their failure rests on. */
function changedComponents(before: Graph, after: Graph): ReadonlySet<string> {
  const changed = new Set<string>()
  for (const component of after.architecture.components) {
    const old = before.component(component.id)
    if (old === component) continue
    const facts = ({
      replicas,
      autoscaling,
      hosts,
      spread,
      availability: declared,
      secrets,
      certificates,
      kind,
    }: typeof component) =>
      JSON.stringify(
        [replicas, autoscaling, hosts, spread, declared, secrets, certificates, kind].map(
          (fact) => fact?.value,
        ),
      )
    if (old === undefined || facts(old) !== facts(component)) changed.add(component.id)
  }
  return changed
}
