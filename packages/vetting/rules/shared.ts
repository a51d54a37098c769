import type { Component, Fact, Graph } from '@plimsoll/architecture'
import { running } from './replicas.ts'

/** Something that several components are given, and who they are. */
export interface Shared {
  readonly name: string
  readonly holders: readonly Component[]
  readonly evidence: readonly Fact<readonly string[]>['evidence'][]
}

/** From so many holders on it is a common cause for the architecture, and no longer an arrangement between two. */
const fewestHolders = 3

/** What at least three components, and at least half of all, have in common. */
export function sharedByMost(
  graph: Graph,
  factOf: (component: Component) => Fact<readonly string[]> | undefined,
): readonly Shared[] {
  const parts = graph.once(running)
  const holders = new Map<string, { component: Component; fact: Fact<readonly string[]> }[]>()
  for (const component of parts) {
    const fact = factOf(component)
    for (const name of new Set(fact?.value)) {
      const known = holders.get(name) ?? []
      if (fact !== undefined) known.push({ component, fact })
      holders.set(name, known)
    }
  }
  return [...holders]
    .filter(([, known]) => known.length >= fewestHolders && known.length * 2 >= parts.length)
    .map(([name, known]) => ({
      name,
      holders: known.map(({ component }) => component).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      evidence: known.map(({ fact }) => fact.evidence),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
