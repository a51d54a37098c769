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
  const owners = new Int32Array(ids.length)
  for (let at = 0; at < ids.length; at += 1)
    owners[at] = at < operations.length ? numberOf(operations[at]?.component ?? '') : at
  const from = new Int32Array(calls.length)
  const to = new Int32Array(calls.length)
  for (const [at, call] of calls.entries()) {
    from[at] = numberOf(call.from)
    to[at] = numberOf(call.to)
  }
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
  // What measures and collects asks at times of its own: nobody who hands it figures waits for that.
  const waitsFor = ({ synchronous, from }: Call) =>
    synchronous?.value !== false && graph.ownerOf(from)?.kind.value !== 'monitoring'
  return edgesOf(graph, waitsFor)
}

/** An operation has its own calls and those that its component makes for all of them. */
function edgesOf(graph: Graph, keep: (call: Call) => boolean): Edges {
  const nodes = graph.once(numbered)
  const own = ownEdges(nodes, keep)
  const count = nodes.ids.length
  const starts = new Int32Array(count + 1)
  const sizeOf = (node: number) => (own.starts[node + 1] ?? 0) - (own.starts[node] ?? 0)
  for (let node = 0; node < count; node += 1) {
    const owner = nodes.owners[node] ?? -1
    const shared = owner >= 0 && owner !== node ? sizeOf(owner) : 0
    starts[node + 1] = (starts[node] ?? 0) + sizeOf(node) + shared
  }
  const ends = new Int32Array(starts[count] ?? 0)
  const calls = new Int32Array(ends.length)
  const copy = (source: number, to: number) => {
    let target = to
    for (let at = own.starts[source] ?? 0; at < (own.starts[source + 1] ?? 0); at += 1) {
      ends[target] = own.ends[at] ?? 0
      calls[target] = own.calls[at] ?? 0
      target += 1
    }
    return target
  }
  for (let node = 0; node < count; node += 1) {
    const owner = nodes.owners[node] ?? -1
    const next = copy(node, starts[node] ?? 0)
    if (owner >= 0 && owner !== node) copy(owner, next)
  }
  return { starts, ends, calls }
}

/** What each node calls by itself. */
// oxlint-disable-next-line complexity -- counting sort over packed numbers: each step is one plain loop
export function ownEdges({ ids, calls, from, to }: Numbered, keep: (call: Call) => boolean): Edges {
  const kept = new Int32Array(calls.length)
  const starts = new Int32Array(ids.length + 1)
  let count = 0
  for (const [index, call] of calls.entries()) {
    const node = from[index] ?? -1
    if (node < 0 || (to[index] ?? -1) < 0 || !keep(call)) continue
    kept[count] = index
    count += 1
    starts[node + 1] = (starts[node + 1] ?? 0) + 1
  }
  for (let node = 0; node < ids.length; node += 1)
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const next = starts.slice()
  const ends = new Int32Array(count)
  const indices = new Int32Array(count)
  for (let at = 0; at < count; at += 1) {
    const index = kept[at] ?? 0
    const node = from[index] ?? 0
    const slot = next[node] ?? 0
    next[node] = slot + 1
    ends[slot] = to[index] ?? 0
    indices[slot] = index
  }
  return { starts, ends, calls: indices }
}
