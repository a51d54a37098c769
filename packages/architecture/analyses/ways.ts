import { isNeeded, type Graph } from '../graph.ts'
import { bitRows, type BitRows } from './bits.ts'
import { entriesOf, type Entry } from './entries.ts'
import { eachEdge, neededEdges, numbered, type Edges, type Numbered } from './numbered.ts'
import { condensed, type Condensation } from './strong.ts'
import { lazyMap, walkFrom, type Walk, type Way } from './walk.ts'

/** What an entry needs: without any one of these components it does not answer. */
export interface EntryNeeds {
  readonly entry: Entry
  /** Component id → a shortest way to it from the entry; worked out when it is read. */
  readonly needs: ReadonlyMap<string, Way>
}

/**
 * What each entry needs, over calls that are required and waited for. A call of which this is not known counts as needed:
 * whoever configures a peer's address is taken to use it. Where all entries are asked for, `neededBy` is the cheaper question.
 */
export function needsOfEntries(graph: Graph): readonly EntryNeeds[] {
  return entriesOf(graph).map((entry) => {
    let needs: ReadonlyMap<string, Way> | undefined
    return {
      entry,
      get needs() {
        return (needs ??= needsOf(entry, graph))
      },
    }
  })
}

function needsOf(entry: Entry, graph: Graph): ReadonlyMap<string, Way> {
  const { components, wayTo } = neededComponents(graph, entry)
  return lazyMap(components, wayTo)
}

export interface NeededComponents {
  readonly components: readonly string[]
  /** Number of nodes that were reached: what keeping the answer costs. */
  readonly walked: number
  readonly wayTo: (component: string) => Way
}

/** What carries a call is needed like the callee, with its own support. */
export function neededComponents(
  graph: Graph,
  { id, through }: Pick<Entry, 'id' | 'through'>,
): NeededComponents {
  const nodes = graph.once(numbered)
  const edges = graph.once(neededEdges)
  const walk = walkFrom(known([nodes.numberOf(id)]), nodes, edges)
  /** Component → the first of its nodes that was reached. */
  const first = new Map<number, number>()
  const add = (node: number) => {
    const owner = nodes.owners[node] ?? -1
    if (owner >= 0 && !first.has(owner)) first.set(owner, node)
  }
  const carriers = new Set(through === undefined ? [] : [through])
  for (const node of walk.reached) {
    add(node)
    addCarriers(node, carriers, { nodes, edges })
  }
  const support = supportOfAll(carriers, graph)
  for (const carrier of carriers) if (graph.component(carrier) !== undefined) add(nodes.numberOf(carrier))
  for (const node of support.reached) add(node)
  const wayTo = (component: string) => {
    const node = first.get(nodes.numberOf(component)) ?? -1
    return walk.has(node) ? walk.wayTo(node) : support.wayTo(node)
  }
  return {
    get components() {
      return [...first.keys()].map((node) => nodes.ids[node] ?? '')
    },
    walked: walk.reached.length + support.reached.length,
    wayTo,
  }
}

interface NumberedCalls {
  readonly nodes: Numbered
  readonly edges: Edges
}

function addCarriers(node: number, carriers: Set<string>, { nodes, edges }: NumberedCalls): void {
  eachEdge(edges, node, (_, call) => {
    const carrier = nodes.calls[call]?.through?.value
    if (carrier !== undefined) carriers.add(carrier)
  })
}

/** What the carriers need, and what those carriers need that carry this: until there is no new carrier among them. */
function supportOfAll(carriers: Set<string>, graph: Graph): Walk {
  const nodes = graph.once(numbered)
  const edges = graph.once(neededEdges)
  for (;;) {
    const before = carriers.size
    const support = walkFrom(
      [...carriers].flatMap((carrier) => supportOf(carrier, graph)),
      nodes,
      edges,
    )
    for (const node of support.reached) addCarriers(node, carriers, { nodes, edges })
    if (carriers.size === before) return support
  }
}

function known(starts: readonly number[]): readonly number[] {
  return starts.filter((node) => node >= 0)
}

function componentNumbers(ids: Iterable<string>, { numberOf, operations }: Numbered): readonly number[] {
  return [...ids].map(numberOf).filter((node) => node >= operations)
}

/** A gateway calls everything behind it, for somebody; what it needs for every call is only what is no service. */
function supportOf(carrier: string, graph: Graph): readonly number[] {
  if (graph.component(carrier) === undefined) return []
  const { numberOf } = graph.once(numbered)
  const needed = graph
    .callsFrom(carrier)
    .filter((call) => isNeeded(call) && !behindCarriers.has(graph.ownerOf(call.to)?.kind.value ?? 'service'))
  return known(needed.map(({ to }) => numberOf(to)))
}

const behindCarriers = new Set(['service', 'gateway', 'external', 'client'])

/** The bits of entries: of each group of the condensation, and of each component, in the order of their numbers. */
interface Rows {
  readonly nodes: Numbered
  readonly edges: Edges
  readonly condensation: Condensation
  readonly reached: BitRows
  readonly components: BitRows
}

/** For each component, the bits of the entries that need it. */
export function componentRows(entries: readonly Entry[], graph: Graph): BitRows {
  const nodes = graph.once(numbered)
  const edges = graph.once(neededEdges)
  const condensation = condensed(edges)
  const reached = bitRows(condensation.groups.length, entries.length)
  const components = bitRows(nodes.ids.length - nodes.operations, entries.length)
  const rows: Rows = { nodes, edges, condensation, reached, components }
  for (const [at, { id }] of entries.entries()) {
    for (const node of known([nodes.numberOf(id)])) reached.add(condensation.groupOf[node] ?? 0, at)
  }
  propagate(rows)
  addEntryCarriers(entries, rows)
  const carried = carriedNodes(nodes, edges)
  // What a carrier needs may be carried again: until nothing is added.
  while (addCarried(entries, carried, rows, graph)) propagate(rows)
  for (const [node, owner] of nodes.owners.entries())
    if (owner >= 0) components.merge(owner - nodes.operations, condensation.groupOf[node] ?? 0, reached)
  return components
}

/** Who lets an entry in is needed by it. */
function addEntryCarriers(entries: readonly Entry[], { nodes, components }: Rows): void {
  for (const [at, { through }] of entries.entries()) {
    for (const carrier of entryCarriers(through, nodes)) components.add(carrier - nodes.operations, at)
  }
}

function entryCarriers(through: string | undefined, nodes: Numbered): readonly number[] {
  return componentNumbers(through === undefined ? [] : [through], nodes)
}

/** Who carries a call is needed by every entry that needs the call, and so is what the carrier itself needs. True where that is news. */
function addCarried(
  entries: readonly Entry[],
  carried: readonly (readonly [number, number])[],
  { nodes, condensation, reached, components }: Rows,
  graph: Graph,
): boolean {
  const carriers = new Set(entries.flatMap(({ through }) => entryCarriers(through, nodes)))
  for (const [node, carrier] of carried) {
    carriers.add(carrier)
    components.merge(carrier - nodes.operations, condensation.groupOf[node] ?? 0, reached)
  }
  let news = false
  for (const carrier of carriers) {
    for (const node of supportOf(nodes.ids[carrier] ?? '', graph)) {
      const added = reached.merge(condensation.groupOf[node] ?? 0, carrier - nodes.operations, components)
      news ||= added
    }
  }
  return news
}

/** Every node with each component that carries a call of it. */
function carriedNodes(nodes: Numbered, edges: Edges): readonly (readonly [number, number])[] {
  const carrierOf = nodes.calls.map(({ through }) =>
    through === undefined ? -1 : nodes.numberOf(through.value),
  )
  const found: [number, number][] = []
  for (let node = 0; node < nodes.ids.length; node += 1) {
    eachEdge(edges, node, (_, call) => {
      const carrier = carrierOf[call] ?? -1
      if (carrier >= nodes.operations) found.push([node, carrier])
    })
  }
  return found
}

/** Callers stand behind their callees: one pass backwards gives every callee what its callers have. */
function propagate({ reached, condensation: { groups, groupOf }, edges }: Rows): void {
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    for (const node of groups[group] ?? []) {
      eachEdge(edges, node, (end) => {
        const callee = groupOf[end] ?? 0
        if (callee !== group) reached.merge(callee, group)
      })
    }
  }
}

/** Nodes of all walks that are kept: rules ask for several components of one entry. */
const mostKept = 400_000

/** What one entry needs, by its id; undefined for what is none. */
export function waysByEntry(
  entries: readonly Entry[],
  graph: Graph,
): (entry: string) => NeededComponents | undefined {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const kept = new Map<string, NeededComponents>()
  let size = 0
  return (id) => {
    const entry = byId.get(id)
    if (entry === undefined) return undefined
    const known = kept.get(id)
    if (known !== undefined) return known
    const needs = neededComponents(graph, entry)
    if (size > mostKept) {
      kept.clear()
      size = 0
    }
    kept.set(id, needs)
    size += needs.walked
    return needs
  }
}
