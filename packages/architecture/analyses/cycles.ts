import type { Graph } from '../graph.ts'
import type { Call } from '../model.ts'
import { numbered, ownEdges, type Edges, type Numbered } from './numbered.ts'
import { condensed } from './strong.ts'
import { walkFrom, type Way } from './walk.ts'

/** Parts that wait for each other in a circle. */
export interface Cycle {
  /** All ids of the strongly connected component, sorted. */
  readonly members: readonly string[]
  /** One shortest circle through the first members. */
  readonly example: Way
}

/** How many members of a large circle are tried as the start of its example. */
const startsTried = 20

/** Circles over synchronous calls: the strongly connected components that have one, in linear time. */
export function synchronousCycles(graph: Graph): readonly Cycle[] {
  const nodes = graph.once(numbered)
  // Only what a node calls by itself: what its component calls for all of its operations is the component's.
  const edges = ownEdges(nodes, ({ synchronous }) => synchronous?.value !== false)
  return condensed(edges)
    .groups.filter(
      (group) => group.length > 1 || calls(group[0] ?? 0, edges).some(({ end }) => end === group[0]),
    )
    .map((group) => {
      const members = group.toSorted((a, b) => ((nodes.ids[a] ?? '') < (nodes.ids[b] ?? '') ? -1 : 1))
      return {
        members: members.map((node) => nodes.ids[node] ?? ''),
        example: shortestCircle(members, nodes, edges),
      }
    })
}

function calls(node: number, { starts, ends, calls: indices }: Edges): { end: number; call: number }[] {
  const made: { end: number; call: number }[] = []
  for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at += 1)
    made.push({ end: ends[at] ?? 0, call: indices[at] ?? 0 })
  return made
}

function shortestCircle(members: readonly number[], nodes: Numbered, edges: Edges): Way {
  const inside = new Set(members)
  let shortest: Way | undefined
  for (const start of members.slice(0, startsTried)) {
    const walk = walkFrom([start], nodes, edges, (node) => !inside.has(node))
    const last = walk.reached.find(
      (node) => inside.has(node) && calls(node, edges).some(({ end }) => end === start),
    )
    if (last === undefined) continue
    const back: Call | undefined =
      nodes.calls[calls(last, edges).find(({ end }) => end === start)?.call ?? -1]
    const way = back === undefined ? [] : [...walk.wayTo(last), back]
    if (shortest === undefined || way.length < shortest.length) shortest = way
  }
  return shortest ?? []
}
