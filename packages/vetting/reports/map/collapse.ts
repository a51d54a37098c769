import type { Architecture, Component, ComponentKind } from '@plimsoll/architecture'
import { groupingsOf, type Grouping } from './grouping.ts'
import { join, mostBoxes, worstOf, type MapGraph, type MapLink, type MapNode } from './model.ts'

const fewestBoxes = 4
const pleasantBoxes = 40

/**
 * One box for each group of components. Of the ways to put them together, the one that gives a readable number of boxes
 * and leaves the fewest components without one; clients stay what they are where they are few.
 */
export function collapsed(map: MapGraph, architecture: Architecture): MapGraph {
  const grouping = bestGrouping(architecture.components)
  const components = new Map(architecture.components.map((component) => [component.id, component]))
  const boxOf = (node: MapNode) => {
    const component = components.get(node.id)
    return (component === undefined ? undefined : grouping.groupOf(component)) ?? `other ${node.kind}`
  }
  const members = Map.groupBy(map.nodes, boxOf)
  const boxes = new Map(map.nodes.map((node) => [node.id, boxOf(node)]))
  return {
    name: map.name,
    nodes: [...members].map(([id, nodes]) => boxFor(id, nodes)).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    links: linksBetween(map.links, boxes),
    groups: [],
    collapsedBy: grouping.what,
  }
}

function bestGrouping(components: readonly Component[]): Grouping {
  const rated = groupingsOf(components).map((grouping) => ({ grouping, cost: costOf(grouping, components) }))
  const [first, ...others] = rated
  if (first === undefined) throw new TypeError('no way to put components together')
  return others.reduce((best, next) => (next.cost < best.cost ? next : best), first).grouping
}

/** 0 is perfect: between a handful and `pleasantBoxes`, and every component in one. */
function costOf({ groupOf }: Grouping, components: readonly Component[]): number {
  const groups = components.map(groupOf)
  const count = new Set(groups.filter((group) => group !== undefined)).size
  const left = groups.filter((group) => group === undefined).length / components.length
  const tooFew = count < fewestBoxes ? (fewestBoxes - count) * 2 : 0
  const tooMany = count > mostBoxes ? 20 : Math.max(0, count - pleasantBoxes) / pleasantBoxes
  return tooFew + tooMany + left
}

function boxFor(id: string, nodes: readonly MapNode[]): MapNode {
  const [first] = nodes
  if (nodes.length === 1 && first !== undefined) return { ...first, id, group: undefined }
  return {
    id,
    label: id,
    detail: `${nodes.length} components`,
    kind: commonKind(nodes),
    components: nodes.flatMap(({ components }) => components),
    findings: nodes.reduce((sum, { findings }) => sum + findings, 0),
    worst: worstOf(nodes.flatMap(({ worst }) => (worst === undefined ? [] : [{ severity: worst }]))),
  }
}

function commonKind(nodes: readonly MapNode[]): ComponentKind {
  const counts = [...Map.groupBy(nodes, ({ kind }) => kind)]
  return counts.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 'service'
}

function linksBetween(links: readonly MapLink[], boxes: ReadonlyMap<string, string>): readonly MapLink[] {
  const joined = new Map<string, MapLink>()
  for (const link of links) {
    const [from, to] = [boxes.get(link.from), boxes.get(link.to)]
    if (from !== undefined && to !== undefined && from !== to) join(joined, { ...link, from, to })
  }
  return [...joined.values()]
}
