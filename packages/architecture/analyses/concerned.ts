import { ofEachCall } from '../each.ts'
import type { Earlier, Graph } from '../graph.ts'
import type { Call } from '../model.ts'
import { entriesOf } from './entries.ts'
import { componentFailures } from './failure/events.ts'

/**
 * Ids of operations and components whose support may differ between two revisions: what is reached from them by any calls, who
 * carries these calls, how all of that fails, and the facts of all of it. For everything else, what it needs, on which ways, and
 * how likely it answers is the same in both. Larger than it would have to be, never smaller: over all calls, whether needed or not.
 */
export function concernedBelow(graph: Graph, earlier: Earlier): ReadonlySet<string> {
  const known = kept.get(earlier)
  if (known !== undefined) return known
  const seeds = seedsOf(graph, earlier)
  const concerned = new Set([...upwards(seeds, earlier.graph), ...upwards(seeds, graph)])
  kept.set(earlier, concerned)
  return concerned
}

const kept = new WeakMap<Earlier, ReadonlySet<string>>()

function seedsOf(graph: Graph, earlier: Earlier): readonly string[] {
  const { components, operations, calls } = earlier.change
  const parts = [...components.removed, ...components.added, ...operations.removed, ...operations.added]
  const before = earlier.graph.once(componentFailures)
  const failing = [...graph.once(componentFailures)].filter(([id, failure]) => before.get(id) !== failure)
  return [
    ...parts.map(({ part }) => part.id),
    // An operation that is gone or new changes what its component is asked for, and what it is entered by.
    ...[...operations.removed, ...operations.added].map(({ part }) => part.component),
    ...[...calls.removed, ...calls.added].map(({ part }) => part.from),
    ...failing.map(([id]) => id),
  ]
}

/** Everything that leads to one of these: callers, whose calls they carry, and the operations of components among them. */
function upwards(seeds: readonly string[], graph: Graph): ReadonlySet<string> {
  const carried = graph.once(carriedCalls)
  const found = new Set(seeds)
  for (const id of found) {
    for (const { from } of graph.callsTo(id)) found.add(from)
    for (const { from } of carried.get(id) ?? []) found.add(from)
    for (const operation of graph.operationsOf(id)) found.add(operation.id)
  }
  return found
}

const throughSomebody = ofEachCall((call) => (call.through === undefined ? undefined : call))

function carriedCalls(graph: Graph): ReadonlyMap<string, readonly Call[]> {
  return Map.groupBy(graph.once(throughSomebody), ({ through }) => through?.value ?? '')
}

/** Entries of the later revision of which that may hold: also where somebody else lets calls in, or that is concerned. */
export function concernedEntries(graph: Graph, earlier: Earlier): ReadonlySet<string> {
  const below = concernedBelow(graph, earlier)
  const before = new Map(entriesOf(earlier.graph).map((entry) => [entry.id, entry]))
  const concerned = entriesOf(graph).filter(({ id, through }) => {
    const old = before.get(id)
    return old === undefined || old.through !== through || below.has(id) || below.has(through ?? id)
  })
  return new Set(concerned.map(({ id }) => id))
}
