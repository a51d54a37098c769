import { ofEachComponent, type Neighbourhood } from '../each.ts'
import type { Call, Component } from '../model.ts'

/** What the callers of a store may open, against what it accepts. */
export interface ConnectionUse {
  readonly store: Component
  /** Absent where the limit is not known. */
  readonly limit?: number | undefined
  /** Connections of those callers whose replicas and pool are known, at their largest number of replicas. */
  readonly needed: number
  readonly users: readonly ConnectionUser[]
  /** Callers of which replicas or pool are not known. */
  readonly unknown: readonly Component[]
}

export interface ConnectionUser {
  readonly component: Component
  readonly replicas: number
  readonly pool: number
  readonly call: Call
}

/** Replicas × pool of all callers, for everything that holds data or limits its connections. */
export const connectionUses = ofEachComponent((store, near): ConnectionUse | undefined => {
  if (store.connectionLimit === undefined && !keepsConnections.has(store.kind.value)) return undefined
  const callers = callersOf(store, near)
  if (callers.size === 0) return undefined
  const users: ConnectionUser[] = []
  const unknown: Component[] = []
  for (const [component, call] of callers) {
    const replicas = component.autoscaling?.value.maximum ?? component.replicas?.value
    if (replicas === undefined || component.pool === undefined) unknown.push(component)
    else users.push({ component, replicas, pool: component.pool.value, call })
  }
  const needed = users.reduce((sum, { replicas, pool }) => sum + replicas * pool, 0)
  return { store, limit: store.connectionLimit?.value, needed, users, unknown }
})

const keepsConnections = new Set(['store', 'cache', 'broker'])

function callersOf(store: Component, graph: Neighbourhood): ReadonlyMap<Component, Call> {
  const callers = new Map<Component, Call>()
  for (const id of [store.id, ...graph.operationsOf(store.id).map(({ id }) => id)]) {
    for (const call of graph.callsTo(id)) {
      const caller = graph.ownerOf(call.from)
      if (caller !== undefined && caller !== store && !callers.has(caller)) callers.set(caller, call)
    }
  }
  return callers
}
