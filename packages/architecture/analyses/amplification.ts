import type { Graph } from '../graph.ts'
import type { Call } from '../model.ts'
import { entriesOf } from './entries.ts'
import { allEdges, eachEdge, numbered, type Edges, type Numbered } from './numbered.ts'
import { condensed, type Condensation } from './strong.ts'
import type { Way } from './walk.ts'

/** How often one request at an entry can call something, at worst, along one way. */
export interface Amplification {
  readonly entry: string
  readonly target: string
  /** Product of the attempts along the way. */
  readonly attempts: number
  /** Product of the calls for one request along the same way, retries apart: the ordinary fan-out. */
  readonly fanOut: number
  readonly way: Way
}

/** The worst product so far of each node, and how it came there. */
interface Products {
  readonly attempts: Float64Array
  /** Call by which it came; -1 at an entry. */
  readonly call: Int32Array
  readonly from: Int32Array
  readonly nodes: Numbered
  readonly edges: Edges
}

/**
 * The way on which attempts multiply most, for every target that some entry reaches, over all entries in one pass from the
 * callers to the callees. Circles are gone through once: what repeats in them has a rule of its own.
 */
export function amplifications(graph: Graph): readonly Amplification[] {
  return amplificationsFrom(
    graph,
    entriesOf(graph).map(({ id }) => id),
  )
}

/** The same of some entries alone. */
export function amplificationsFrom(graph: Graph, entries: readonly string[]): readonly Amplification[] {
  const nodes = graph.once(numbered)
  const edges = graph.once(allEdges)
  const { groups, groupOf } = graph.once(condensedEdges)
  const products = productsAt(entries, nodes, edges)
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const members = groups[group] ?? []
    // Inside of a circle the worst way may come by any of its members: each is given the chance once.
    for (let round = 0; round < Math.min(members.length - 1, 32); round += 1)
      if (!relaxed(members, products, (end) => groupOf[end] === group)) break
    relaxed(members, products, (end) => groupOf[end] !== group)
  }
  return listed(products)
}

function condensedEdges(graph: Graph): Condensation {
  return condensed(graph.once(allEdges))
}

function productsAt(entries: readonly string[], nodes: Numbered, edges: Edges): Products {
  const count = nodes.ids.length
  const products: Products = {
    attempts: new Float64Array(count),
    call: new Int32Array(count).fill(-1),
    from: new Int32Array(count).fill(-1),
    nodes,
    edges,
  }
  for (const id of entries) {
    const node = nodes.numberOf(id)
    if (node < 0) continue
    products.attempts[node] = 1
  }
  return products
}

/** True where a product became worse. */
function relaxed(members: readonly number[], products: Products, leads: (end: number) => boolean): boolean {
  const { nodes, edges } = products
  let changed = false
  for (const node of members) {
    const attempts = products.attempts[node] ?? 0
    if (attempts === 0) continue
    eachEdge(edges, node, (end, index) => {
      const call = nodes.calls[index]
      if (call === undefined || !leads(end)) return
      const worse = attempts * triesOf(call)
      if (worse <= (products.attempts[end] ?? 0) || passes(end, node, products)) return
      products.attempts[end] = worse
      products.call[end] = index
      products.from[end] = node
      changed = true
    })
  }
  return changed
}

/** True where the way to a node already passes a target: a way goes through nothing twice. */
function passes(target: number, node: number, { from }: Products): boolean {
  for (let at = node; at >= 0; at = from[at] ?? -1) if (at === target) return true
  return false
}

function listed(products: Products): readonly Amplification[] {
  const found: Amplification[] = []
  for (const [node, target] of products.nodes.ids.entries()) {
    if ((products.attempts[node] ?? 0) <= 1) continue
    const way = wayTo(node, products)
    const attempts = way.reduce((product, call) => product * triesOf(call), 1)
    const fanOut = way.reduce((product, { perRequest }) => product * Math.max(1, perRequest?.value ?? 1), 1)
    if (attempts > 1) found.push({ entry: entryOf(node, products), target, attempts, fanOut, way })
  }
  return found.toSorted((a, b) => b.attempts - a.attempts || (a.target < b.target ? -1 : 1))
}

function entryOf(node: number, { from, nodes }: Products): string {
  let at = node
  for (let earlier = from[at] ?? -1; earlier >= 0; earlier = from[at] ?? -1) at = earlier
  return nodes.ids[at] ?? ''
}

function wayTo(node: number, { call, from, nodes }: Products): Way {
  const way: Call[] = []
  for (let at = node; (call[at] ?? -1) >= 0; at = from[at] ?? -1) {
    const made = nodes.calls[call[at] ?? 0]
    if (made !== undefined) way.push(made)
  }
  return way.toReversed()
}

function triesOf({ attempts }: Call): number {
  return Math.max(1, attempts?.value ?? 1)
}
