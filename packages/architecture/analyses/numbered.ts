import type { Graph } from '../graph.ts'
import { isNeeded } from '../graph.ts'
import type { Call } from '../model.ts'

/** Goes through the edges of a node. */
export function eachEdge(
  { starts, ends, calls }: Edges,
  node: number,
  visit: (end: number, call: number) => void,
): void {
  for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at += 1) visit(ends[at] ?? 0, calls[at] ?? 0)
}

/** Edges by caller, packed: those of node n stand from `starts[n]` to `starts[n + 1]`. */
export interface Edges {
  readonly starts: Int32Array
  /** Node at the other end. */
  readonly ends: Int32Array
  /** Index of the call in the architecture's list. */
  readonly calls: Int32Array
}

/** The graph over whole numbers: operations first, then components. Walks over it touch no strings. */
export interface Numbered {
  readonly ids: readonly string[]
  readonly operations: number
  readonly calls: readonly Call[]
  /** Nodes at the two ends of each call; -1 where nothing is known of the id. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Component of a node; a component is its own; -1 where nothing is known of the id. */
  readonly owners: Int32Array
  /** Scratch of the walks: which walk saw a node last; after the nodes, how many walks there were. */
  readonly marks: Int32Array
  /** -1 where there is no such id. */
  readonly numberOf: (id: string) => number
}

/** Numbers every operation and every component. A call from or to something unknown is left out: it leads nowhere. */
export function numbered(graph: Graph): Numbered {
  const { operations, components, calls } = graph.architecture
  const ids = [...operations.map(({ id }) => id), ...components.map(({ id }) => id)]
  const numbers = new Map<string, number>()
  // Backwards, so that of two parts with one id the first is meant, as everywhere else.
  for (let at = ids.length - 1; at >= 0; at -= 1) numbers.set(ids[at] ?? '', at)
  const numberOf = (id: string) => numbers.get(id) ?? -1
  const owners = Int32Array.from(ids, (_, at) =>
    at < operations.length ? numberOf(operations[at]?.component ?? '') : at,
  )
  const from = Int32Array.from(calls, (call) => numberOf(call.from))
  const to = Int32Array.from(calls, (call) => numberOf(call.to))
  const marks = new Int32Array(ids.length + 1)
  return { ids, operations: operations.length, calls, from, to, owners, marks, numberOf }
}

/** Every call that serving something can make (`callsOf` of the graph). */
export function allEdges(graph: Graph): Edges {
  return edgesOf(graph, () => true)
}

/** Calls without which the caller does not answer, as far as is known. */
export function neededEdges(graph: Graph): Edges {
  return edgesOf(graph, isNeeded)
}

/** Calls that are waited for, as far as is known. */
export function waitedEdges(graph: Graph): Edges {
  return edgesOf(graph, ({ synchronous }) => synchronous?.value !== false)
}

/** An operation has its own calls and those that its component makes for all of them. */
function edgesOf(graph: Graph, keep: (call: Call) => boolean): Edges {
  const nodes = graph.once(numbered)
  const own = ownEdges(nodes, keep)
  const sources = (node: number): readonly number[] => {
    const owner = nodes.owners[node] ?? -1
    return owner >= 0 && owner !== node ? [node, owner] : [node]
  }
  const sizes = nodes.ids.map((_, node) =>
    sources(node).reduce((sum, source) => sum + sizeOf(source, own), 0),
  )
  const starts = sums(sizes)
  const ends = new Int32Array(starts.at(-1) ?? 0)
  const calls = new Int32Array(ends.length)
  for (let node = 0; node < nodes.ids.length; node += 1) {
    let at = starts[node] ?? 0
    for (const source of sources(node)) {
      const [first, last] = [own.starts[source] ?? 0, own.starts[source + 1] ?? 0]
      ends.set(own.ends.subarray(first, last), at)
      calls.set(own.calls.subarray(first, last), at)
      at += last - first
    }
  }
  return { starts, ends, calls }
}

function sizeOf(node: number, { starts }: Edges): number {
  return (starts[node + 1] ?? 0) - (starts[node] ?? 0)
}

/** Where each part begins, when they stand one after another; after the last, where it ends. */
function sums(sizes: ArrayLike<number>): Int32Array {
  const starts = new Int32Array(sizes.length + 1)
  for (let at = 0; at < sizes.length; at += 1) starts[at + 1] = (starts[at] ?? 0) + (sizes[at] ?? 0)
  return starts
}

/** What each node calls by itself. */
export function ownEdges({ ids, calls, from, to }: Numbered, keep: (call: Call) => boolean): Edges {
  const isKnown = (index: number) => (from[index] ?? -1) >= 0 && (to[index] ?? -1) >= 0
  const kept = [...calls.keys()].filter((index) => {
    const call = calls[index]
    return call !== undefined && isKnown(index) && keep(call)
  })
  const sizes = new Int32Array(ids.length)
  for (const index of kept) sizes[from[index] ?? 0] = (sizes[from[index] ?? 0] ?? 0) + 1
  const starts = sums(sizes)
  const next = starts.slice()
  const ends = new Int32Array(kept.length)
  const indices = new Int32Array(kept.length)
  for (const index of kept) {
    const node = from[index] ?? 0
    const slot = next[node] ?? 0
    next[node] = slot + 1
    ends[slot] = to[index] ?? 0
    indices[slot] = index
  }
  return { starts, ends, calls: indices }
}
