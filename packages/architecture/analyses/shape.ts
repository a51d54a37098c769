import type { Graph } from '../graph.ts'
import type { Call, Component } from '../model.ts'
import { allEdges } from './numbered.ts'
import { condensed } from './strong.ts'
import { sharedStores } from './sharing.ts'

/** How much hangs together at one component. */
export interface Hub {
  readonly component: Component
  /** Other components that call it, and that it calls. */
  readonly callers: readonly string[]
  readonly callees: readonly string[]
  readonly operations: number
}

/** Every component with its neighbours, the most connected first. */
export function hubs(graph: Graph): readonly Hub[] {
  const neighbours = graph.once(neighboursOf)
  return graph.architecture.components
    .map((component) => ({
      component,
      callers: [...(neighbours.callers.get(component.id)?.keys() ?? [])].toSorted(),
      callees: [...(neighbours.callees.get(component.id)?.keys() ?? [])].toSorted(),
      operations: graph.operationsOf(component.id).length,
    }))
    .toSorted((a, b) => degree(b) - degree(a) || (a.component.id < b.component.id ? -1 : 1))
}

function degree({ callers, callees }: Hub): number {
  return callers.length + callees.length
}

interface Neighbours {
  /** Component → other component → one call between them. */
  readonly callers: ReadonlyMap<string, ReadonlyMap<string, Call>>
  readonly callees: ReadonlyMap<string, ReadonlyMap<string, Call>>
}

function neighboursOf(graph: Graph): Neighbours {
  const callers = new Map<string, Map<string, Call>>()
  const callees = new Map<string, Map<string, Call>>()
  for (const call of graph.architecture.calls) {
    const from = graph.ownerOf(call.from)?.id
    const to = graph.ownerOf(call.to)?.id
    if (from === undefined || to === undefined || from === to) continue
    remember(callees, from, to, call)
    remember(callers, to, from, call)
  }
  return { callers, callees }
}

function remember(all: Map<string, Map<string, Call>>, from: string, to: string, call: Call): void {
  const known = all.get(from) ?? new Map<string, Call>()
  if (!known.has(to)) known.set(to, call)
  all.set(from, known)
}

/** Several things that run as one unit: they are scaled, updated and fail together. */
export interface SharedUnit {
  readonly component: Component
  readonly containers: readonly string[]
}

/** Units of several containers, sidecars of the platform among them: what they are is in their names alone. */
export function sharedUnits(graph: Graph): readonly SharedUnit[] {
  return graph.architecture.components.flatMap((component) => {
    const containers = component.containers?.value ?? []
    return containers.length > 1 ? [{ component, containers }] : []
  })
}

/** A call from what one owner answers for into what another does. */
export interface OwnershipCrossing {
  readonly from: Component
  readonly to: Component
  readonly call: Call
  readonly owners: readonly [string, string]
  /** True: the callee is a store, so that the data has two owners. */
  readonly reachesData: boolean
}

/** Calls between owners, one for each pair of components. */
export function ownershipCrossings(graph: Graph): readonly OwnershipCrossing[] {
  const { callees } = graph.once(neighboursOf)
  return [...callees].flatMap(([id, called]) =>
    [...called].flatMap(([other, call]) => {
      const from = graph.component(id)
      const to = graph.component(other)
      if (from?.owner === undefined || to?.owner === undefined || from.owner.value === to.owner.value)
        return []
      const owners = [from.owner.value, to.owner.value] as const
      return [{ from, to, call, owners, reachesData: to.kind.value === 'store' }]
    }),
  )
}

/** In which order components can be deployed so that everybody finds who they call. */
export interface DeploymentOrder {
  /** Steps one after another; the components of one step need none of each other, or all of each other. */
  readonly steps: readonly (readonly string[])[]
  /** Components that need each other and so have no order. */
  readonly together: readonly (readonly string[])[]
}

/** The order over all calls between components: how far one change must wait for another. */
export function deploymentOrder(graph: Graph): DeploymentOrder {
  const { callees } = graph.once(neighboursOf)
  const ids = graph.architecture.components.map(({ id }) => id)
  const at = new Map(ids.map((id, number) => [id, number]))
  const called = ids.map((id) => [...(callees.get(id)?.keys() ?? [])].map((other) => at.get(other) ?? -1))
  const starts = new Int32Array(ids.length + 1)
  for (const [node, others] of called.entries()) starts[node + 1] = (starts[node] ?? 0) + others.length
  const ends = Int32Array.from(called.flat())
  const { groups, groupOf } = condensed({ starts, ends, calls: ends })
  const level = new Int32Array(groups.length)
  const steps: string[][] = []
  for (const [group, members] of groups.entries()) {
    const below = members.flatMap((node) => called[node] ?? []).map((node) => groupOf[node] ?? 0)
    level[group] = below.reduce(
      (most, other) => (other === group ? most : Math.max(most, (level[other] ?? 0) + 1)),
      0,
    )
    const step = (steps[level[group] ?? 0] ??= [])
    step.push(...members.map((node) => ids[node] ?? ''))
  }
  const names = (group: readonly number[]) => group.map((node) => ids[node] ?? '').toSorted()
  return {
    steps: steps.map((step) => step.toSorted()),
    together: groups.filter(({ length }) => length > 1).map(names),
  }
}

/** A hint that a component is cut in a wrong place, from what its operations use. */
export interface Cohesion {
  readonly component: Component
  /** Operations, grouped by what they use together: stores, other components. Several groups have nothing in common. */
  readonly groups: readonly (readonly string[])[]
}

/** Components whose operations fall apart into groups that share no callee (after LCOM4, Hitz and Montazeri 1995). */
export function cohesions(graph: Graph): readonly Cohesion[] {
  return graph.architecture.components.flatMap((component) => {
    const operations = graph.operationsOf(component.id)
    if (operations.length < 2 || graph.callsFrom(component.id).length > 0) return []
    const groups = groupsOf(operations.map(({ id }) => ({ id, uses: usesOf(id, component.id, graph) })))
    return groups.length > 1 ? [{ component, groups }] : []
  })
}

/** What an operation uses; an operation of the same component counts as itself. */
function usesOf(id: string, component: string, graph: Graph): readonly string[] {
  return graph.callsFrom(id).map(({ to }) => {
    const owner = graph.ownerOf(to)?.id
    return owner === component || owner === undefined ? to : owner
  })
}

function groupsOf(
  parts: readonly { readonly id: string; readonly uses: readonly string[] }[],
): readonly (readonly string[])[] {
  const using = parts.filter(({ uses }) => uses.length > 0)
  const root = new Map<string, string>()
  const find = (name: string): string => {
    let at = name
    for (let next = root.get(at); next !== undefined && next !== at; next = root.get(at)) at = next
    return at
  }
  for (const { id, uses } of using) for (const use of uses) root.set(find(use), find(id))
  return [...Map.groupBy(using, ({ id }) => find(id)).values()].map((group) => group.map(({ id }) => id))
}

/** Figures of the whole cut: what a report says in one line. */
export interface Shape {
  readonly components: number
  readonly operations: number
  readonly calls: number
  /** Calls between components, for each component that calls. */
  readonly meanFanOut: number
  readonly largestCircle: number
  readonly sharedStores: number
}

export function shapeOf(graph: Graph): Shape {
  const { components, operations, calls } = graph.architecture
  const { callees } = graph.once(neighboursOf)
  const between = [...callees.values()].reduce((sum, { size }) => sum + size, 0)
  const circles = condensed(graph.once(allEdges)).groups.map(({ length }) => length)
  return {
    components: components.length,
    operations: operations.length,
    calls: calls.length,
    meanFanOut: callees.size === 0 ? 0 : between / callees.size,
    largestCircle: circles.reduce((most, length) => Math.max(most, length), 0),
    sharedStores: graph.once(sharedStores).length,
  }
}
