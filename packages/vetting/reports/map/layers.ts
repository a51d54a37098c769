import type { Edge } from './acyclic.ts'

/** What the layering wants to know of a node. */
export interface Layered {
  readonly id: string
  /** It stands on the left: a client, a gateway. */
  readonly leads: boolean
}

const fewestRows = 7
/** Rows for each column where a drawing is as much wider than high as screens are. */
const proportion = 2

/**
 * The column of each node: one further than the furthest of its callers; who only calls stands beside what it calls, unless it
 * leads; and a column that would be too long is folded into several.
 */
export function layersOf(nodes: readonly Layered[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const columns = longestPaths(nodes, edges)
  pullRoots(nodes, edges, columns)
  return folded(nodes, edges, columns)
}

/** Kahn's order (1962), and the longest way from a root to each node. */
function longestPaths(nodes: readonly Layered[], edges: readonly Edge[]): Map<string, number> {
  const after = Map.groupBy(edges, ({ from }) => from)
  const waiting = new Map<string, number>(nodes.map(({ id }) => [id, 0]))
  for (const { to } of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1)
  const columns = new Map<string, number>(nodes.map(({ id }) => [id, 0]))
  const queue = nodes.map(({ id }) => id).filter((id) => waiting.get(id) === 0)
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at] ?? ''
    for (const { to } of after.get(id) ?? []) {
      columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(id) ?? 0) + 1))
      const left = (waiting.get(to) ?? 0) - 1
      waiting.set(to, left)
      if (left === 0) queue.push(to)
    }
  }
  return columns
}

function pullRoots(nodes: readonly Layered[], edges: readonly Edge[], columns: Map<string, number>): void {
  const called = new Set(edges.map(({ to }) => to))
  const after = Map.groupBy(edges, ({ from }) => from)
  for (const { id, leads } of nodes) {
    const targets = after.get(id) ?? []
    if (leads || called.has(id) || targets.length === 0) continue
    columns.set(id, targets.reduce((least, { to }) => Math.min(least, columns.get(to) ?? 0), Infinity) - 1)
  }
}

/** Long columns in pieces: those that call nobody first, which leaves callers near to what they call. */
function folded(
  nodes: readonly Layered[],
  edges: readonly Edge[],
  columns: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const most = Math.max(fewestRows, Math.ceil(Math.sqrt(nodes.length * proportion)))
  const calls = new Map<string, number>()
  for (const { from } of edges) calls.set(from, (calls.get(from) ?? 0) + 1)
  const byColumn = Map.groupBy(nodes, ({ id }) => columns.get(id) ?? 0)
  const result = new Map<string, number>()
  let next = 0
  for (const column of [...byColumn.keys()].toSorted((a, b) => a - b)) {
    const members = (byColumn.get(column) ?? []).toSorted(
      (a, b) => Math.sign(calls.get(a.id) ?? 0) - Math.sign(calls.get(b.id) ?? 0),
    )
    const pieces = Math.ceil(members.length / most)
    const size = Math.ceil(members.length / pieces)
    for (const [at, { id }] of members.entries()) result.set(id, next + Math.floor(at / size))
    next += pieces
  }
  return result
}
