import type { Call, Component, ComponentKind, Graph, PublishedPort, Trait } from '@plimsoll/architecture'
import { either, type Asked } from './answer.ts'

/** Databases are data stores in a dataflow diagram, not services. */
const stores: ReadonlySet<ComponentKind> = new Set(['store', 'cache'])
const outside: ReadonlySet<ComponentKind> = new Set(['external', 'client'])

export function isService({ kind }: Component): boolean {
  return !stores.has(kind.value) && !outside.has(kind.value)
}

export function servicesOf(graph: Graph): readonly Component[] {
  return graph.architecture.components.filter(isService)
}

/** Two components and the call between them. */
export interface Connection {
  readonly call: Call
  readonly from: Component
  readonly to: Component
}

/** Every call between two different components; a call from outside through a gateway ends at the gateway. */
function connectionsOf(graph: Graph): readonly Connection[] {
  return graph.once(connections)
}

function connections(graph: Graph): readonly Connection[] {
  return graph.architecture.calls.flatMap((call) => {
    const from = graph.ownerOf(call.from)
    const callee = graph.ownerOf(call.to)
    const carrier = call.through === undefined ? undefined : graph.component(call.through.value)
    const to = from !== undefined && outside.has(from.kind.value) ? (carrier ?? callee) : callee
    return from === undefined || to === undefined || from.id === to.id ? [] : [{ call, from, to }]
  })
}

export function betweenServices(graph: Graph): readonly Connection[] {
  return connectionsOf(graph).filter(({ from, to }) => isService(from) && isService(to))
}

/** Connections of a service with somebody outside: a person, another system. */
export function withOutside(graph: Graph): readonly Connection[] {
  return connectionsOf(graph).filter(
    ({ from, to }) =>
      (isService(from) && outside.has(to.kind.value)) || (outside.has(from.kind.value) && isService(to)),
  )
}

/** True where it is known whom a component calls and who calls it, so that a call that is not there is none. */
export function callsAreKnownOf({ complete }: Component): boolean {
  return complete?.value === true
}

export function callsAreKnown(graph: Graph): boolean {
  const services = servicesOf(graph)
  return services.length > 0 && services.every(callsAreKnownOf)
}

export function nameOf({ call: { from, to } }: Connection): string {
  return `${from} -> ${to}`
}

/** Components that can be reached from outside: a client calls them, or a port of theirs is open to other machines. */
export function entryPointsOf(graph: Graph): readonly Component[] {
  const called = new Set(
    connectionsOf(graph)
      .filter(({ from }) => from.kind.value === 'client')
      .map(({ to }) => to.id),
  )
  return graph.architecture.components.filter(
    (component) =>
      !outside.has(component.kind.value) &&
      (called.has(component.id) || (component.published?.value ?? []).some(isOpen)),
  )
}

function isOpen({ address }: PublishedPort): boolean {
  return address === undefined || !/^(?:127\.|::1$|localhost$)/.test(address)
}

/** True where it is known of each component whether it can be reached from outside. */
export function entriesAreKnown(graph: Graph): boolean {
  const services = servicesOf(graph)
  return services.length > 0 && services.every(({ published }) => published !== undefined)
}

export function traitOf({ traits }: Component, trait: Trait): boolean | undefined {
  return traits?.[trait]?.value
}

export function askedOfTrait(components: readonly Component[], trait: Trait): readonly Asked[] {
  return components.map((component) => ({ item: component.id, holds: traitOf(component, trait) }))
}

export function askedOfKind(graph: Graph, kind: ComponentKind): readonly Asked[] {
  return graph.architecture.components.map((component) => ({
    item: component.id,
    holds: component.kind.value === kind,
  }))
}

/** True where the two call each other, in either direction, or one carries a call of the other. */
export function areConnected(graph: Graph, component: string, others: ReadonlySet<string>): boolean {
  return neighboursOf(graph, component).some((id) => others.has(id))
}

export function neighboursOf(graph: Graph, component: string): readonly string[] {
  return [...(graph.once(neighbours).get(component) ?? [])]
}

function neighbours(graph: Graph): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const join = (a: string, b: string) => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const)
      found.set(from, (found.get(from) ?? new Set<string>()).add(to))
  }
  for (const { call, from, to } of connectionsOf(graph)) {
    join(from.id, to.id)
    if (call.through !== undefined) {
      join(from.id, call.through.value)
      join(call.through.value, to.id)
    }
  }
  return found
}

/** Whether each component performs a thing: its trait, or else what its own calls show. */
export function traitOrCalls(
  graph: Graph,
  component: Component,
  trait: Trait,
  ofCall: (call: Call) => boolean | undefined,
): boolean | undefined {
  const known = traitOf(component, trait)
  if (known !== undefined) return known
  const calls = connectionsOf(graph).filter(({ from }) => from.id === component.id)
  return calls.length === 0 ? undefined : either(...calls.map(({ call }) => ofCall(call)))
}
