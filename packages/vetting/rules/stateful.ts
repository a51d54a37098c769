import type { Component, Graph } from '@plimsoll/architecture'
import { running } from './replicas.ts'

/** Stores that are processes of this architecture: their data is lost with them. Caches can be filled again. */
export function ownStores(graph: Graph): readonly Component[] {
  return graph.once(running).filter(({ kind }) => kind.value === 'store')
}

/** True where nothing that it keeps outlives its replica, as far as its volumes are known. */
export function isForgetful({ volumes }: Component): boolean {
  return volumes !== undefined && volumes.value.every(({ kind }) => kind === 'ephemeral')
}
