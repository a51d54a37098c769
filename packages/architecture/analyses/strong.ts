import type { Graph } from '../graph.ts'
import { waitedEdges, type Edges } from './numbered.ts'

/** The graph with every circle drawn together to one group. Groups stand callees first: a call leads to the same or an earlier group. */
export interface Condensation {
  readonly groupOf: Int32Array
  readonly groups: readonly (readonly number[])[]
}

/** Over the calls that are waited for. */
export function waitedGroups(graph: Graph): Condensation {
  return condensed(graph.once(waitedEdges))
}

interface Search {
  readonly index: Int32Array
  readonly low: Int32Array
  /** Next edge to follow of each node that is being visited. */
  readonly next: Int32Array
  readonly open: number[]
  readonly groupOf: Int32Array
  readonly groups: number[][]
  visited: number
}

const unseen = -1

/** Strongly connected components (Tarjan 1972) in linear time, without recursion so that long chains cannot exhaust the stack. */
export function condensed(edges: Edges): Condensation {
  const count = edges.starts.length - 1
  const search: Search = {
    index: new Int32Array(count).fill(unseen),
    low: new Int32Array(count),
    next: new Int32Array(count),
    open: [],
    groupOf: new Int32Array(count).fill(unseen),
    groups: [],
    visited: 0,
  }
  for (let node = 0; node < count; node += 1) if (search.index[node] === unseen) visit(node, edges, search)
  return { groupOf: search.groupOf, groups: search.groups }
}

function visit(root: number, edges: Edges, search: Search): void {
  const stack = [root]
  enter(root, edges, search)
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const edge = search.next[node] ?? 0
    if (edge < (edges.starts[node + 1] ?? 0)) {
      search.next[node] = edge + 1
      const end = edges.ends[edge] ?? 0
      if (search.index[end] === unseen) {
        enter(end, edges, search)
        stack.push(end)
      } else if (search.groupOf[end] === unseen) {
        lower(node, search.index[end] ?? 0, search)
      }
      continue
    }
    stack.pop()
    leave(node, search)
    const parent = stack.at(-1)
    if (parent !== undefined) lower(parent, search.low[node] ?? 0, search)
  }
}

function enter(node: number, edges: Edges, search: Search): void {
  search.index[node] = search.visited
  search.low[node] = search.visited
  search.next[node] = edges.starts[node] ?? 0
  search.visited += 1
  search.open.push(node)
}

function lower(node: number, value: number, { low }: Search): void {
  low[node] = Math.min(low[node] ?? 0, value)
}

function leave(node: number, { index, low, open, groupOf, groups }: Search): void {
  if (low[node] !== index[node]) return
  const members: number[] = []
  for (;;) {
    const member = open.pop() ?? node
    groupOf[member] = groups.length
    members.push(member)
    if (member === node) break
  }
  groups.push(members)
}
