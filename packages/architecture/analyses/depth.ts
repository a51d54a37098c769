import type { Graph } from '../graph.ts'
import type { Call } from '../model.ts'
import { entriesOf } from './entries.ts'
import { numbered, waitedEdges, type Edges, type Numbered } from './numbered.ts'
import { waitedGroups } from './strong.ts'
import type { Way } from './walk.ts'

/** The longest chain of parts that wait for each other, from one entry. */
export interface ChainDepth {
  readonly entry: string
  /** Calls of the chain. A circle counts once. */
  readonly depth: number
  readonly way: Way
}

/** The deepest synchronous chain below every entry: longest paths over the condensation, in linear time. */
// oxlint-disable-next-line complexity -- longest paths over packed edges: three plain loops in each other
export function chainDepths(graph: Graph): readonly ChainDepth[] {
  const nodes = graph.once(numbered)
  const edges = graph.once(waitedEdges)
  const { groups, groupOf } = graph.once(waitedGroups)
  const depths = new Int32Array(groups.length)
  /** Edge that leads to the deepest part below each group; -1: none. */
  const deepest = new Int32Array(groups.length).fill(-1)
  for (const [group, members] of groups.entries()) {
    for (const node of members) {
      for (let edge = edges.starts[node] ?? 0; edge < (edges.starts[node + 1] ?? 0); edge += 1) {
        const callee = groupOf[edges.ends[edge] ?? 0] ?? 0
        if (callee === group || (depths[callee] ?? 0) + 1 <= (depths[group] ?? 0)) continue
        depths[group] = (depths[callee] ?? 0) + 1
        deepest[group] = edge
      }
    }
  }
  return entriesOf(graph).flatMap(({ id }) => {
    const group = groupOf[nodes.numberOf(id)]
    if (group === undefined) return []
    const way = (): Way => chainFrom(group, { nodes, edges, groupOf, deepest })
    return [
      {
        entry: id,
        depth: depths[group] ?? 0,
        get way() {
          return way()
        },
      },
    ]
  })
}

interface Deepest {
  readonly nodes: Numbered
  readonly edges: Edges
  readonly groupOf: Int32Array
  readonly deepest: Int32Array
}

function chainFrom(start: number, { nodes, edges, groupOf, deepest }: Deepest): Way {
  const way: Call[] = []
  let group = start
  for (let edge = deepest[group] ?? -1; edge >= 0; edge = deepest[group] ?? -1) {
    const call = nodes.calls[edges.calls[edge] ?? 0]
    if (call !== undefined) way.push(call)
    group = groupOf[edges.ends[edge] ?? 0] ?? 0
  }
  return way
}

/** How many other components an operation, or a component, waits for directly. */
export interface FanOut {
  readonly id: string
  /** Distinct callees. */
  readonly callees: readonly string[]
  /** Calls for one request, as far as is known. */
  readonly callsPerRequest: number
  readonly calls: readonly Call[]
}

/** The synchronous fan-out of everything that calls; most first. */
export function fanOuts(graph: Graph): readonly FanOut[] {
  const { operations, components } = graph.architecture
  return [...operations, ...components]
    .flatMap(({ id }) => {
      const calls = graph.callsFrom(id).filter(({ synchronous }) => synchronous?.value !== false)
      if (calls.length === 0) return []
      const callees = [...new Set(calls.map(({ to }) => graph.ownerOf(to)?.id ?? to))]
      const callsPerRequest = calls.reduce(
        (sum, { perRequest }) => sum + Math.max(1, perRequest?.value ?? 1),
        0,
      )
      return [{ id, callees, callsPerRequest, calls }]
    })
    .toSorted((a, b) => b.callees.length - a.callees.length || (a.id < b.id ? -1 : 1))
}
