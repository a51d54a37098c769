import { ofEachCall } from '../each.ts'
import type { Analysis, Earlier, Graph } from '../graph.ts'
import type { ArchitectureOperation, Call } from '../model.ts'
import type { Way } from './walk.ts'

/** Data of one class that arrives somewhere, and how it got there. */
export interface Arrival {
  readonly dataClass: string
  /** Operation at which the data enters the flow. */
  readonly origin: string
  /** Component where it arrives. */
  readonly component: string
  /** Calls that carried it, from the origin on: an answer goes against a call's direction, an input with it. */
  readonly way: Way
  readonly direction: 'returned' | 'sent'
}

/**
 * Where each data class arrives. An operation returns what its output declares; where its output has a part that takes any
 * content, it also returns whatever its callees return to it. What an operation takes in arrives at its component. What
 * arrives at a component by an answer stays there. Every origin has arrivals of its own; `dataFlow` has one for each class
 * and component, and grows only with the architecture.
 */
export function dataArrivals(graph: Graph): readonly Arrival[] {
  return [
    ...graph.once(returnedArrivals).flatMap(({ arrivals }) => arrivals),
    ...graph.once(sentArrivals).flat(),
  ]
}

/** Everything that one operation returns to others. */
export interface Returned {
  readonly origin: ArchitectureOperation
  readonly arrivals: readonly Arrival[]
}

/** By operation, for those that return anything. What a revision keeps has the same facts at all of its places, too. */
export const returnedArrivals: Analysis<readonly Returned[]> = Object.assign(
  (graph: Graph) => returning(graph).map((origin) => returnedOf(origin, graph)),
  {
    revise: (previous: readonly Returned[], graph: Graph, earlier: Earlier) => {
      const concerned = concernedOrigins(graph, earlier)
      const known = new Map(previous.map((each) => [each.origin, each]))
      return returning(graph).map((origin) => {
        const old = concerned.has(origin.id) ? undefined : known.get(origin)
        return old ?? returnedOf(origin, graph)
      })
    },
  },
)

function returning({ architecture: { operations } }: Graph): readonly ArchitectureOperation[] {
  return operations.filter(({ dataOut }) => (dataOut?.value.length ?? 0) > 0)
}

/** Classes, each with the way from its origin: returned by an operation to its callers. */
function returnedOf(operation: ArchitectureOperation, graph: Graph): Returned {
  const arrivals: Arrival[] = []
  const hops = hopsBack(operation, graph)
  for (const dataClass of operation.dataOut?.value ?? []) {
    const facts = { dataClass, origin: operation.id, direction: 'returned' } as const
    arrivals.push({ ...facts, component: operation.component, way: [] })
    for (const { call, component, way } of hops) {
      if (call.through !== undefined) arrivals.push({ ...facts, component: call.through.value, way })
      arrivals.push({ ...facts, component, way })
    }
  }
  return { origin: operation, arrivals }
}

/**
 * Operations whose answers come past something that changed: a call, who makes or carries it, or the operation itself. From the
 * callee of each it goes on downwards through open outputs, in both revisions.
 */
function concernedOrigins(graph: Graph, earlier: Earlier): ReadonlySet<string> {
  const { components, operations, calls } = earlier.change
  const changed = [...components.removed, ...components.added, ...operations.removed, ...operations.added]
  const ids = new Set(changed.map(({ part }) => part.id))
  const concerned = new Set([...calls.removed, ...calls.added].map(({ part }) => part.to))
  for (const side of [earlier.graph, graph]) {
    const parts = [...ids].flatMap((id) => [id, ...side.operationsOf(id).map((operation) => operation.id)])
    for (const id of parts) concerned.add(id)
    for (const { to } of parts.flatMap((id) => side.callsFrom(id))) concerned.add(to)
    for (const call of side.once(callsThroughSomebody))
      if (ids.has(call.through?.value ?? '')) concerned.add(call.to)
  }
  passedOn(concerned, [earlier.graph, graph])
  return concerned
}

/** An open output passes on what its callees return. */
function passedOn(concerned: Set<string>, sides: readonly Graph[]): void {
  for (const id of concerned) {
    for (const side of sides) {
      if (side.operation(id)?.openOutput?.value !== true) continue
      for (const { to } of side.callsFrom(id)) concerned.add(to)
    }
  }
}

const callsThroughSomebody = ofEachCall((call) => (call.through === undefined ? undefined : call))

interface Hop {
  readonly call: Call
  readonly component: string
  readonly way: Way
}

/** Follows an answer upwards: to each caller, and through callers with an open output to theirs. The same for every class. */
function hopsBack({ id: origin }: ArchitectureOperation, graph: Graph): readonly Hop[] {
  const hops: Hop[] = []
  const seen = new Set([origin])
  const queue: { readonly id: string; readonly way: Way }[] = [{ id: origin, way: [] }]
  for (let at = 0; at < queue.length; at += 1) {
    const { id, way } = queue[at] ?? { id: origin, way: [] }
    for (const call of graph.callsTo(id)) {
      const component = graph.ownerOf(call.from)?.id
      if (component === undefined || seen.has(call.from)) continue
      seen.add(call.from)
      const carried = [...way, call]
      hops.push({ call, component, way: carried })
      if (graph.operation(call.from)?.openOutput?.value === true) queue.push({ id: call.from, way: carried })
    }
  }
  return hops
}

/** What operations take in arrives at their components, and what a call sends along arrives at its callee; by call. */
export const sentArrivals = ofEachCall((call, { callee, operation }): readonly Arrival[] | undefined => {
  const classes = sentClasses(call, operation)
  if (callee === undefined || classes.size === 0) return undefined
  const arrivals: Arrival[] = []
  for (const dataClass of classes) {
    const facts = { dataClass, origin: call.from, way: [call], direction: 'sent' } as const
    if (call.through !== undefined) arrivals.push({ ...facts, component: call.through.value })
    arrivals.push({ ...facts, component: callee.id })
  }
  return arrivals
})

const noClasses: ReadonlySet<string> = new Set()

function sentClasses({ sends }: Call, operation: ArchitectureOperation | undefined): ReadonlySet<string> {
  const taken = operation?.dataIn
  return taken === undefined && sends === undefined
    ? noClasses
    : new Set([...(taken?.value ?? []), ...(sends?.value ?? [])])
}
