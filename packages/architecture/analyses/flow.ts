import type { Graph } from '../graph.ts'
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
  return [...returnedArrivals(graph), ...sentArrivals(graph)]
}

/** Classes, each with the way from its origin: returned by an operation to its callers. */
function returnedArrivals(graph: Graph): readonly Arrival[] {
  const arrivals: Arrival[] = []
  for (const operation of graph.architecture.operations) {
    const classes = operation.dataOut?.value ?? []
    if (classes.length === 0) continue
    const hops = hopsBack(operation, graph)
    for (const dataClass of classes) {
      const facts = { dataClass, origin: operation.id, direction: 'returned' } as const
      arrivals.push({ ...facts, component: operation.component, way: [] })
      for (const { call, component, way } of hops) {
        if (call.through !== undefined) arrivals.push({ ...facts, component: call.through.value, way })
        arrivals.push({ ...facts, component, way })
      }
    }
  }
  return arrivals
}

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

/** What operations take in arrives at their components, and what a call sends along arrives at its callee. */
function sentArrivals(graph: Graph): readonly Arrival[] {
  const arrivals: Arrival[] = []
  for (const call of graph.architecture.calls) {
    const callee = graph.ownerOf(call.to)
    if (callee === undefined) continue
    for (const dataClass of sentClasses(call, graph)) {
      const facts = { dataClass, origin: call.from, way: [call], direction: 'sent' } as const
      if (call.through !== undefined) arrivals.push({ ...facts, component: call.through.value })
      arrivals.push({ ...facts, component: callee.id })
    }
  }
  return arrivals
}

const noClasses: ReadonlySet<string> = new Set()

function sentClasses({ to, sends }: Call, graph: Graph): ReadonlySet<string> {
  const taken = graph.operation(to)?.dataIn
  return taken === undefined && sends === undefined
    ? noClasses
    : new Set([...(taken?.value ?? []), ...(sends?.value ?? [])])
}
