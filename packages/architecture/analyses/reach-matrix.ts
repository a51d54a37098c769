import type { Graph } from '../graph.ts'
import type { ArchitectureOperation, Call, Component, Evidence } from '../model.ts'
import { allEdges, numbered, type Numbered } from './numbered.ts'
import { walkFrom, type Walk } from './walk.ts'

/** Somebody who calls: everybody without a credential, a client, or a component with the identity that it has. */
export interface Caller {
  /** Id of the component; `anonymous` where nobody drew who that is. */
  readonly id: string
  readonly kind: 'anonymous' | 'client' | 'component'
  /** Scopes that it holds; undefined where that is not known. */
  readonly scopes?: readonly string[] | undefined
}

/** True and false as far as the files tell; undefined where they do not. */
export type Known = boolean | undefined

/** One hop of a way, and what is checked there. */
export interface ReachStep {
  /** Absent at the first step of somebody who comes in by a published port. */
  readonly call?: Call | undefined
  readonly to: string
  /** Does the callee ask who calls? */
  readonly authenticated: Known
  /** Does the callee decide whether this caller may? */
  readonly authorised: Known
  /** Scopes that it asks for and the first caller does not hold; empty where it asks for none. */
  readonly missingScopes: readonly string[]
  /** Does the callee learn of the first caller, a user, or only of the hop before? */
  readonly carries: 'nobody' | 'caller' | 'user' | 'caller-and-user' | undefined
  /** The caller's own token travels on. */
  readonly tokenPassedOn: Known
  readonly evidence: Evidence
}

/** A way with its checks. */
export interface ReachWay {
  readonly caller: Caller
  readonly target: string
  readonly steps: readonly ReachStep[]
  /** Hops at which nobody is known to be asked who they are. */
  readonly unchecked: number
  /** True: the caller may not call the target itself, and somebody stronger on the way does it for it (a confused deputy). */
  readonly gained: boolean
}

/** Who can reach what. Each row is worked out when it is first read, and kept. */
export interface ReachMatrix {
  readonly callers: readonly Caller[]
  reaches(caller: string, target: string): boolean
  /** Operations that a caller causes to run, directly or through others. */
  operationsOf(caller: string): readonly ArchitectureOperation[]
  /** Components that it reaches, sorted by the distance. */
  componentsOf(caller: string): readonly Component[]
  /** Stores, caches and brokers among them. */
  storesOf(caller: string): readonly Component[]
  /** Data classes that operations which it reaches return, or that stores keep which it reaches. */
  classesOf(caller: string): readonly string[]
  /** A shortest way; undefined where there is none. */
  way(caller: string, target: string): ReachWay | undefined
}

interface Row {
  readonly caller: Caller
  readonly walk: Walk
  /** How it comes in where it has no calls of its own. */
  readonly doors: ReadonlyMap<number, Evidence>
  /** Component → the nearest of its nodes. */
  readonly nearest: () => ReadonlyMap<number, number>
}

/** From each kind of caller to everything. */
export function reachMatrix(graph: Graph): ReachMatrix {
  const nodes = graph.once(numbered)
  const callers = callersOf(graph)
  const byId = new Map(callers.map((caller) => [caller.id, caller]))
  const rows = new Map<string, Row | undefined>()
  const row = (id: string) => {
    if (!rows.has(id)) rows.set(id, rowOf(byId.get(id), graph))
    return rows.get(id)
  }
  const componentsOf = (id: string) => {
    const found = new Set((row(id)?.walk.reached ?? []).map((node) => nodes.owners[node] ?? -1))
    return [...found]
      .map((node) => graph.component(nodes.ids[node] ?? ''))
      .filter((component) => component !== undefined)
      .filter((component) => component.id !== id)
  }
  const operationsOf = (id: string) =>
    (row(id)?.walk.reached ?? [])
      .filter((node) => node < nodes.operations)
      .map((node) => graph.architecture.operations[node])
      .filter((operation) => operation !== undefined)
      .filter(({ component }) => component !== id)
  return {
    callers,
    reaches: (id, target) => nodeIn(row(id), target, nodes) !== undefined,
    operationsOf,
    componentsOf,
    storesOf: (id) => componentsOf(id).filter(({ kind }) => keepsData.has(kind.value)),
    classesOf: (id) => {
      const classes = new Set([
        ...operationsOf(id).flatMap(({ dataOut }) => dataOut?.value ?? []),
        ...componentsOf(id).flatMap(({ holds }) => holds?.value ?? []),
      ])
      return [...classes].toSorted((a, b) => rankOf(a, graph) - rankOf(b, graph))
    },
    way: (id, target) => wayOf(row(id), target, graph),
  }
}

const keepsData = new Set(['store', 'cache', 'broker'])

function rankOf(dataClass: string, { architecture }: Graph): number {
  const at = architecture.dataClasses.indexOf(dataClass)
  return at === -1 ? architecture.dataClasses.length : at
}

function callersOf(graph: Graph): readonly Caller[] {
  const { components } = graph.architecture
  const callers = components.map(({ id, kind, scopes }): Caller => {
    const client = kind.value === 'client'
    const nobody =
      client && graph.callsFrom(id).some(({ authentication }) => authentication?.value === 'none')
    return { id, kind: nobody ? 'anonymous' : client ? 'client' : 'component', scopes: scopes?.value }
  })
  const drawn = callers.some(({ kind }) => kind === 'anonymous')
  const open = components.some(({ published }) => (published?.value.length ?? 0) > 0)
  return drawn || !open ? callers : [{ id: 'anonymous', kind: 'anonymous', scopes: [] }, ...callers]
}

/** Nodes at which a caller begins: the doors that it comes in by, or itself and its operations. */
export function startsOf(caller: Caller, graph: Graph): readonly number[] {
  const doors = doorsOf(caller, graph)
  if (doors.size > 0) return [...doors.keys()]
  const { numberOf } = graph.once(numbered)
  return [caller.id, ...graph.operationsOf(caller.id).map(({ id }) => id)]
    .map(numberOf)
    .filter((node) => node >= 0)
}

/** Somebody whom nobody drew comes in at every published port, and at every operation that is public. */
function doorsOf(caller: Caller, graph: Graph): ReadonlyMap<number, Evidence> {
  const { numberOf } = graph.once(numbered)
  const doors = new Map<number, Evidence>()
  if (graph.component(caller.id) !== undefined) return doors
  for (const { id, published } of graph.architecture.components)
    if (published !== undefined && published.value.length > 0) doors.set(numberOf(id), published.evidence)
  for (const { id, access } of graph.architecture.operations)
    if (access?.value === 'public') doors.set(numberOf(id), access.evidence)
  return doors
}

function rowOf(caller: Caller | undefined, graph: Graph): Row | undefined {
  if (caller === undefined) return undefined
  const nodes = graph.once(numbered)
  const doors = doorsOf(caller, graph)
  const starts = startsOf(caller, graph)
  const walk = walkFrom(starts, nodes, graph.once(allEdges))
  let nearest: ReadonlyMap<number, number> | undefined
  return { caller, doors, walk, nearest: () => (nearest ??= nearestNodes(walk, nodes)) }
}

function nearestNodes({ reached }: Walk, { owners }: Numbered): ReadonlyMap<number, number> {
  const nearest = new Map<number, number>()
  for (const node of reached) {
    const owner = owners[node] ?? -1
    if (owner >= 0 && !nearest.has(owner)) nearest.set(owner, node)
  }
  return nearest
}

/** Where a caller reaches a target; a component also by any of its operations, by the nearest. */
function nodeIn(row: Row | undefined, target: string, nodes: Numbered): number | undefined {
  const node = nodes.numberOf(target)
  if (row === undefined || node < 0) return undefined
  return row.walk.has(node) ? node : row.nearest().get(node)
}

function wayOf(row: Row | undefined, target: string, graph: Graph): ReachWay | undefined {
  const nodes = graph.once(numbered)
  const node = nodeIn(row, target, nodes)
  if (row === undefined || node === undefined) return undefined
  const { caller, walk, doors } = row
  const way = walk.wayTo(node)
  const first = walk.startOf(node)
  const door = doors.get(first)
  const steps = [
    ...(door === undefined ? [] : [doorStep(nodes.ids[first] ?? '', door, graph)]),
    ...way.map((call) => stepOf(call, caller, graph)),
  ]
  const last = steps.at(-1)
  return {
    caller,
    target,
    steps,
    unchecked: steps.filter(({ authenticated }) => authenticated !== true).length,
    gained: steps.length > 1 && (last?.missingScopes.length ?? 0) > 0,
  }
}

function doorStep(to: string, evidence: Evidence, graph: Graph): ReachStep {
  const operation = graph.operation(to)
  const open = operation?.access?.value === 'public' ? false : undefined
  return {
    to,
    authenticated: open ?? trait('authenticates', to, graph),
    authorised: open ?? trait('authorises', to, graph),
    missingScopes: operation?.scopes?.value ?? [],
    carries: 'nobody',
    tokenPassedOn: undefined,
    evidence,
  }
}

function stepOf(call: Call, { scopes }: Caller, graph: Graph): ReachStep {
  const held = new Set(scopes ?? [])
  const asked = graph.operation(call.to)?.scopes?.value ?? []
  return {
    call,
    to: call.to,
    authenticated: authenticatedAt(call, graph),
    authorised: authorisedAt(call, graph),
    missingScopes: asked.filter((scope) => !held.has(scope)),
    carries: call.carries?.value,
    tokenPassedOn: call.tokenPassedOn?.value,
    evidence: call.evidence,
  }
}

function trait(name: 'authenticates' | 'authorises', to: string, graph: Graph): Known {
  return graph.ownerOf(to)?.traits?.[name]?.value
}

function authenticatedAt({ to, authentication }: Call, graph: Graph): Known {
  const proof = authentication ?? graph.operation(to)?.authentication
  return proof === undefined ? trait('authenticates', to, graph) : proof.value !== 'none'
}

/** What the call or the operation says; else who asks for scopes decides, and who is open to everybody does not. */
function authorisedAt({ to, authorised }: Call, graph: Graph): Known {
  const operation = graph.operation(to)
  const said = authorised ?? operation?.authorised
  if (said !== undefined) return said.value
  if (operation?.access?.value === 'public') return false
  return (operation?.scopes?.value.length ?? 0) > 0 ? true : trait('authorises', to, graph)
}
