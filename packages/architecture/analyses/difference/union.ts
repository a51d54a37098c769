import type { Graph } from '../../graph.ts'
import type { Call } from '../../model.ts'
import { allEdges, eachEdge, numbered, type Edges } from '../numbered.ts'
import { reachMatrix, startsOf, type Caller } from '../reach-matrix.ts'

/** What somebody can come to. */
export interface ReachTarget {
  readonly kind: 'data class' | 'operation' | 'component'
  /** Id, or name of the data class. */
  readonly target: string
  /** Component that it belongs to; itself where it is one. */
  readonly owner: string | undefined
}

/**
 * Two architectures over one numbering: a node for every operation, component and data class of either, and one for each caller,
 * from which edges lead to where it begins. An operation leads to its component and to the classes that it returns, a component to
 * the classes that it keeps: who can reach what is then one walk, whatever the "what" is.
 */
export interface Union {
  readonly size: number
  readonly targets: readonly ReachTarget[]
  readonly callers: readonly (Caller & { readonly node: number })[]
  readonly before: Side
  readonly after: Side
}

/** One of the two, in the numbers of both. */
export interface Side {
  readonly edges: Edges
  /** Attempts of the call that an edge stands for; 1 where it is none. */
  readonly attempts: Int32Array
}

interface Numbers {
  readonly targets: ReachTarget[]
  readonly byKey: Map<string, number>
  readonly callers: Map<string, Caller>
}

/** Puts two graphs together. Operations, components and classes have the lower numbers, callers those behind them. */
export function unionOf(before: Graph, after: Graph): Union {
  const numbers: Numbers = { targets: [], byKey: new Map(), callers: new Map() }
  for (const graph of [after, before]) number(graph, numbers)
  const { targets, callers } = numbers
  const numberedCallers = [...callers.values()].map((caller, at) => ({
    ...caller,
    node: targets.length + at,
  }))
  const size = targets.length + numberedCallers.length
  const nodes = new Map(numberedCallers.map(({ id, node }) => [id, node]))
  return {
    size,
    targets,
    callers: numberedCallers,
    before: sideOf(before, { numbers, nodes, size }),
    after: sideOf(after, { numbers, nodes, size }),
  }
}

function number(graph: Graph, { targets, byKey, callers }: Numbers): void {
  const { operations, components, dataClasses } = graph.architecture
  const add = (key: string, target: ReachTarget) => {
    if (byKey.has(key)) return
    byKey.set(key, targets.length)
    targets.push(target)
  }
  for (const { id, component } of operations) add(id, { kind: 'operation', target: id, owner: component })
  for (const { id } of components) add(id, { kind: 'component', target: id, owner: id })
  const named = [
    ...operations.flatMap(({ dataOut }) => dataOut?.value ?? []),
    ...components.flatMap(({ holds }) => holds?.value ?? []),
  ]
  for (const name of [...dataClasses, ...named])
    add(classKey(name), { kind: 'data class', target: name, owner: undefined })
  for (const caller of graph.once(reachMatrix).callers)
    if (!callers.has(caller.id)) callers.set(caller.id, caller)
}

/** No id begins so: data classes and parts have names of their own. */
function classKey(name: string): string {
  return `\0${name}`
}

interface Drawn {
  readonly from: number[]
  readonly to: number[]
  readonly attempts: number[]
}

function sideOf(
  graph: Graph,
  {
    numbers,
    nodes,
    size,
  }: { readonly numbers: Numbers; readonly nodes: ReadonlyMap<string, number>; readonly size: number },
): Side {
  const own = graph.once(numbered)
  const calls = graph.once(allEdges)
  const drawn: Drawn = { from: [], to: [], attempts: [] }
  const join = (from: number | undefined, to: number | undefined, attempts = 1) => {
    if (from === undefined || to === undefined) return
    drawn.from.push(from)
    drawn.to.push(to)
    drawn.attempts.push(attempts)
  }
  const numberOf = (id: string | undefined) => numbers.byKey.get(id ?? '')
  const united = own.ids.map((id) => numberOf(id))
  for (const node of own.ids.keys())
    eachEdge(calls, node, (end, call) => join(united[node], united[end], attemptsOf(own.calls[call])))
  for (const { id, component, dataOut } of graph.architecture.operations) {
    join(numberOf(id), numberOf(component))
    for (const name of dataOut?.value ?? []) join(numberOf(id), numberOf(classKey(name)))
  }
  for (const { id, holds } of graph.architecture.components)
    for (const name of holds?.value ?? []) join(numberOf(id), numberOf(classKey(name)))
  for (const caller of graph.once(reachMatrix).callers)
    for (const start of startsOf(caller, graph)) join(nodes.get(caller.id), united[start])
  return packed(drawn, size)
}

function attemptsOf(call: Call | undefined): number {
  return Math.max(1, call?.attempts?.value ?? 1)
}

/** Edges by their beginning, as `Edges` has them. */
function packed({ from, to, attempts }: Drawn, size: number): Side {
  const starts = new Int32Array(size + 1)
  for (const node of from) starts[node + 1] = (starts[node + 1] ?? 0) + 1
  for (let node = 0; node < size; node += 1) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const next = starts.slice()
  const ends = new Int32Array(to.length)
  const tries = new Int32Array(to.length)
  for (const [at, node] of from.entries()) {
    const slot = next[node] ?? 0
    next[node] = slot + 1
    ends[slot] = to[at] ?? 0
    tries[slot] = attempts[at] ?? 1
  }
  return { edges: { starts, ends, calls: new Int32Array(to.length).fill(-1) }, attempts: tries }
}
