import type { Graph } from '../graph.ts'
import type { Call, Component } from '../model.ts'

/** A store that several services keep data in. */
export interface SharedStore {
  readonly store: Component
  /** One call of each service, by the service's id. */
  readonly users: readonly { readonly component: string; readonly call: Call }[]
}

/** Stores with more than one service. */
export function sharedStores(graph: Graph): readonly SharedStore[] {
  return graph.architecture.components
    .filter(({ kind }) => kind.value === 'store')
    .map((store) => ({ store, users: usersOf(store, graph) }))
    .filter(({ users }) => users.length > 1)
}

function usersOf(store: Component, graph: Graph): SharedStore['users'] {
  const users = new Map<string, Call>()
  const ids = [store.id, ...graph.operationsOf(store.id).map(({ id }) => id)]
  for (const call of ids.flatMap((id) => graph.callsTo(id))) {
    const owner = graph.ownerOf(call.from)
    if (owner?.kind.value === 'service' && !users.has(owner.id)) users.set(owner.id, call)
  }
  return [...users].map(([component, call]) => ({ component, call }))
}
