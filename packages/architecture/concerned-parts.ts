import type { ListChange, Placed } from './change.ts'
import type { Earlier, Graph } from './graph.ts'
import type { Call } from './model.ts'

/** Ascending. */
export type Places = readonly number[]

/** Places of the parts of which something that a question may look at changed: in a list before, and in the one after. */
export interface Concerned {
  readonly before: Places
  readonly after: Places
}

export function placesOf<Part>({ removed, added }: ListChange<Part>): Concerned {
  const places = (all: readonly Placed<Part>[]) => all.map(({ place }) => place)
  return { before: places(removed), after: places(added) }
}

/** Ids of components and operations of which a fact differs, or that are in one revision alone. */
function changedIds({ change: { components, operations } }: Earlier): ReadonlySet<string> {
  const parts = [...components.removed, ...components.added, ...operations.removed, ...operations.added].map(
    ({ part }) => part.id,
  )
  return new Set(parts)
}

/** These and the operations of the components among them: whatever a call may name to mean one of them. */
function withOperations(ids: ReadonlySet<string>, graph: Graph): readonly string[] {
  return [...ids].flatMap((id) => [id, ...graph.operationsOf(id).map((operation) => operation.id)])
}

function callsAt(ids: readonly string[], graph: Graph): readonly Call[] {
  return ids.flatMap((id) => [...graph.callsFrom(id), ...graph.callsTo(id)])
}

/** Worked out once for a change, however many questions there are. */
function oncePerEarlier<Answer extends object>(
  work: (graph: Graph, earlier: Earlier) => Answer,
): (graph: Graph, earlier: Earlier) => Answer {
  const known = new WeakMap<Earlier, Answer>()
  return (graph, earlier) => {
    const answer = known.get(earlier) ?? work(graph, earlier)
    known.set(earlier, answer)
    return answer
  }
}

/** Calls that changed, and those at changed ends. */
export const concernedCalls = oncePerEarlier((graph, earlier) => {
  const ids = changedIds(earlier)
  const { removed, added } = earlier.change.calls
  const of = (side: Graph, changed: readonly Placed<Call>[]) =>
    placesIn(
      side.architecture.calls,
      new Set([...changed.map(({ part }) => part), ...callsAt(withOperations(ids, side), side)]),
    )
  return { before: of(earlier.graph, removed), after: of(graph, added) }
})

/** Components of which something in the neighbourhood changed, in either revision; and ids of operations that nobody has. */
const concernedHomes = oncePerEarlier((graph, earlier): ReadonlySet<string> => {
  const homes = new Set<string>()
  const { removed, added } = earlier.change.calls
  const changed = [...removed, ...added].map(({ part }) => part)
  for (const side of [earlier.graph, graph]) {
    const ids = withOperations(changedIds(earlier), side)
    const calls = [...changed, ...callsAt(ids, side)]
    for (const id of [...ids, ...calls.flatMap(({ from, to }) => [from, to])])
      homes.add(side.ownerOf(id)?.id ?? side.operation(id)?.component ?? id)
  }
  return homes
})

export const concernedOperations = oncePerEarlier((graph, earlier) => {
  const homes = concernedHomes(graph, earlier)
  const of = (side: Graph) =>
    placesIn(side.architecture.operations, new Set([...homes].flatMap((id) => side.operationsOf(id))))
  return { before: of(earlier.graph), after: of(graph) }
})

export const concernedComponents = oncePerEarlier((graph, earlier) => {
  const homes = concernedHomes(graph, earlier)
  const of = (side: Graph) =>
    placesIn(side.architecture.components, new Set([...homes].flatMap((id) => side.component(id) ?? [])))
  return { before: of(earlier.graph), after: of(graph) }
})

function placesIn<Part>(list: readonly Part[], wanted: ReadonlySet<Part>): Places {
  const places: number[] = []
  if (wanted.size > 0) for (const [place, part] of list.entries()) if (wanted.has(part)) places.push(place)
  return places
}
