import type { Component } from '@plimsoll/architecture'

/** How components are put together on the map. */
export interface Grouping {
  /** `zone`, `network`, `owner`. */
  readonly what: string
  readonly groupOf: (component: Component) => string | undefined
}

const smallestGain = 2

/** The first of zone, network and owner that tells components apart; undefined where none does. */
export function groupingOf(components: readonly Component[]): Grouping | undefined {
  return [byZone, byNetwork(components), byOwner].find(({ groupOf }) => tellsApart(components, groupOf))
}

/** Ways to put very many components together, the most telling first. */
export function groupingsOf(components: readonly Component[]): readonly Grouping[] {
  return [byZone, byNetwork(components), byOwner, byPrefix, byTechnology, byKind]
}

const byZone: Grouping = { what: 'zone', groupOf: ({ zone }) => zone?.value }
const byOwner: Grouping = { what: 'owner', groupOf: ({ owner }) => owner?.value }
const byPrefix: Grouping = { what: 'name', groupOf: ({ id }) => id.split(/[-_./]/)[0] }
const byTechnology: Grouping = { what: 'technology', groupOf: ({ technology }) => technology?.value }
const byKind: Grouping = { what: 'kind', groupOf: ({ kind }) => kind.value }

/** The smallest network of each: the large ones are those that everything is in. */
function byNetwork(components: readonly Component[]): Grouping {
  const sizes = new Map<string, number>()
  for (const { networks } of components)
    for (const network of networks?.value ?? []) sizes.set(network, (sizes.get(network) ?? 0) + 1)
  return {
    what: 'network',
    groupOf: ({ networks }) =>
      networks?.value.toSorted((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0) || (a < b ? -1 : 1))[0],
  }
}

function tellsApart(components: readonly Component[], groupOf: Grouping['groupOf']): boolean {
  const groups = new Set<string>()
  for (const component of components) {
    const group = groupOf(component)
    if (group !== undefined) groups.add(group)
  }
  return groups.size >= smallestGain
}
