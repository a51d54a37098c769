import { graphOf, type Graph } from '../graph.ts'
import type { Architecture } from '../model.ts'
import { amplifications, type Amplification } from './amplification.ts'
import { entriesOf } from './entries.ts'
import { availability } from './failure/availability.ts'
import type { Interval } from './failure/events.ts'
import { reachMatrix, type Caller, type ReachMatrix, type ReachWay } from './reach-matrix.ts'
import { neededBy } from './ways.ts'

/** One caller reaches an operation or component in one of the two architectures, and not in the other. */
export interface ReachChange {
  readonly caller: Caller
  readonly target: string
  /** In the architecture that has it; worked out when it is read. */
  readonly way: ReachWay | undefined
}

export interface AvailabilityChange {
  readonly entry: string
  readonly before: Interval
  readonly after: Interval
  /** Components that it needs now and did not before, and the other way round. */
  readonly gained: readonly string[]
  readonly dropped: readonly string[]
}

export interface AmplificationChange {
  readonly target: string
  readonly before: number
  readonly after: number
  /** The worst way now; of before, where it is gone. */
  readonly worst: Amplification
}

/** What a change of the architecture does to the whole. */
export interface Difference {
  readonly entries: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Of those who come from outside: anonymous callers and clients. */
  readonly reach: { readonly gained: readonly ReachChange[]; readonly lost: readonly ReachChange[] }
  /** Entries that were there before and are there after, where needs or availability differ. */
  readonly availability: readonly AvailabilityChange[]
  readonly amplification: readonly AmplificationChange[]
}

/** The difference between two graphs: who can now reach what, what now fails together, what now multiplies. */
export function difference(before: Graph, after: Graph): Difference {
  const entriesBefore = entriesOf(before).map(({ id }) => id)
  const entriesAfter = entriesOf(after).map(({ id }) => id)
  return {
    entries: { added: missing(entriesAfter, entriesBefore), removed: missing(entriesBefore, entriesAfter) },
    reach: reachDifference(before, after),
    availability: availabilityDifference(before, after, common(entriesBefore, entriesAfter)),
    amplification: amplificationDifference(before, after),
  }
}

/** The same for two architectures. */
export function differenceOf(before: Architecture, after: Architecture): Difference {
  return difference(graphOf(before), graphOf(after))
}

function missing(ids: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return ids.filter((id) => !known.has(id))
}

function common(ids: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return ids.filter((id) => known.has(id))
}

function reachDifference(before: Graph, after: Graph): Difference['reach'] {
  return {
    gained: reachedOnlyIn(after.once(reachMatrix), before.once(reachMatrix)),
    lost: reachedOnlyIn(before.once(reachMatrix), after.once(reachMatrix)),
  }
}

function reachedOnlyIn(matrix: ReachMatrix, other: ReachMatrix): readonly ReachChange[] {
  return matrix.callers
    .filter(({ kind }) => kind !== 'component')
    .flatMap((caller) => {
      const targets = [...matrix.operationsOf(caller.id), ...matrix.componentsOf(caller.id)].map(
        ({ id }) => id,
      )
      return targets
        .filter((target) => !other.reaches(caller.id, target))
        .map((target) => ({
          caller,
          target,
          get way() {
            return matrix.way(caller.id, target)
          },
        }))
    })
}

/** Only entries of which a needed component, or the set of them, differs: the others cannot have changed. */
function availabilityDifference(
  before: Graph,
  after: Graph,
  entries: readonly string[],
): readonly AvailabilityChange[] {
  const earlier = needsByEntry(before)
  const later = needsByEntry(after)
  const changed = changedComponents(before, after)
  return entries.flatMap((entry) => {
    const old = earlier.get(entry) ?? []
    const now = later.get(entry) ?? []
    const gained = missing(now, old)
    const dropped = missing(old, now)
    if (gained.length === 0 && dropped.length === 0 && !now.some((id) => changed.has(id))) return []
    const was = availability(before, entry).interval
    const is = availability(after, entry).interval
    const same = was.low === is.low && was.high === is.high && gained.length === 0 && dropped.length === 0
    return same ? [] : [{ entry, before: was, after: is, gained, dropped }]
  })
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
      availability,
      secrets,
      certificates,
      kind,
    }: typeof component) =>
      JSON.stringify(
        [replicas, autoscaling, hosts, spread, availability, secrets, certificates, kind].map(
          (fact) => fact?.value,
        ),
      )
    if (old === undefined || facts(old) !== facts(component)) changed.add(component.id)
  }
  return changed
}

function amplificationDifference(before: Graph, after: Graph): readonly AmplificationChange[] {
  const earlier = new Map(before.once(amplifications).map((found) => [found.target, found]))
  const later = new Map(after.once(amplifications).map((found) => [found.target, found]))
  return [...new Set([...later.keys(), ...earlier.keys()])]
    .flatMap((target) => {
      const old = earlier.get(target)
      const now = later.get(target)
      const worst = now ?? old
      if (worst === undefined || old?.attempts === now?.attempts) return []
      return [{ target, before: old?.attempts ?? 1, after: now?.attempts ?? 1, worst }]
    })
    .toSorted((a, b) => b.after - a.after || (a.target < b.target ? -1 : 1))
}
