import { changeBetween, type Change, type ListChange } from './change.ts'
import type { Architecture, ArchitectureOperation, Call, Component } from './model.ts'

/** A question over a graph. Pure: its answer follows from the graph alone. */
export interface Analysis<Answer> {
  (graph: Graph): Answer
  /**
   * The answer over a graph whose revision before had an answer already: equal to the one from the beginning, and the very
   * same object where nothing of it changed. Absent: it is asked anew.
   */
  readonly revise?: ((previous: Answer, graph: Graph, earlier: Earlier) => Answer) | undefined
}

/** The revision before, and what changed since. */
export interface Earlier {
  readonly graph: Graph
  readonly change: Change
}

/** An architecture made ready for questions: built once, then only queried. */
export interface Graph {
  readonly architecture: Architecture
  /** The answer of an analysis, computed once however many rules ask for it. */
  once<Answer>(analysis: Analysis<Answer>): Answer
  /** The answer, where somebody has asked for it already. */
  known<Answer>(analysis: Analysis<Answer>): { readonly answer: Answer } | undefined
  component(id: string): Component | undefined
  operation(id: string): ArchitectureOperation | undefined
  /** The component that an id is, or is an operation of. */
  ownerOf(id: string): Component | undefined
  operationsOf(component: string): readonly ArchitectureOperation[]
  /** Calls whose caller is exactly this operation or component. */
  callsFrom(id: string): readonly Call[]
  callsTo(id: string): readonly Call[]
  /** Calls that serving the id can make: an operation's own, and those that its component makes for all of them. */
  callsOf(id: string): readonly Call[]
}

const none: readonly never[] = []

interface Index {
  readonly components: ReadonlyMap<string, Component>
  readonly operations: ReadonlyMap<string, ArchitectureOperation>
  readonly owners: ReadonlyMap<string, Component | undefined>
  readonly byComponent: ReadonlyMap<string, readonly ArchitectureOperation[]>
  readonly from: ReadonlyMap<string, readonly Call[]>
  readonly to: ReadonlyMap<string, readonly Call[]>
}

/** Kept beside the graphs, so that nobody else can change what they answer. */
const indexes = new WeakMap<Graph, Index>()

export function graphOf(architecture: Architecture): Graph {
  const components = new Map(architecture.components.map((component) => [component.id, component]))
  const operations = new Map(architecture.operations.map((operation) => [operation.id, operation]))
  const owners = new Map(architecture.operations.map(({ id, component }) => [id, components.get(component)]))
  for (const [id, component] of components) owners.set(id, component)
  return graphWith(architecture, {
    components,
    operations,
    owners,
    byComponent: Map.groupBy(architecture.operations, ({ component }) => component),
    from: Map.groupBy(architecture.calls, (call) => call.from),
    to: Map.groupBy(architecture.calls, (call) => call.to),
  })
}

/**
 * The graph of a later revision, which answers from what the earlier one was asked wherever the change cannot matter. The same
 * answers as `graphOf`; that too where the revisions have nothing in common. It holds on to the earlier one.
 */
export function graphAfter(graph: Graph, architecture: Architecture): Graph {
  const index = indexes.get(graph)
  const change = changeBetween(graph.architecture, architecture)
  if (index === undefined || change === undefined) return graphOf(architecture)
  if (!hasOneOfEach(graph.architecture, index)) return graphOf(architecture)
  const later = indexAfter(index, change)
  return hasOneOfEach(change.after, later)
    ? graphWith(change.after, later, { graph, change })
    : graphOf(architecture)
}

/** Of two parts with one id nobody can say which of them a change means. */
function hasOneOfEach({ components, operations }: Architecture, index: Index): boolean {
  return (
    index.components.size === components.length &&
    index.operations.size === operations.length &&
    index.owners.size === components.length + operations.length
  )
}

function graphWith(architecture: Architecture, index: Index, earlier?: Earlier): Graph {
  const { components, operations, owners, byComponent, from, to } = index
  const callsFrom = (id: string) => from.get(id) ?? none
  const answers = new Map<unknown, unknown>()
  const graph: Graph = {
    architecture,
    once<Answer>(analysis: Analysis<Answer>): Answer {
      if (!answers.has(analysis)) answers.set(analysis, answerOf(analysis, graph, earlier))
      return answers.get(analysis) as Answer
    },
    known: <Answer>(analysis: Analysis<Answer>) =>
      answers.has(analysis) ? { answer: answers.get(analysis) as Answer } : undefined,
    component: (id) => components.get(id),
    operation: (id) => operations.get(id),
    ownerOf: (id) => owners.get(id),
    operationsOf: (component) => byComponent.get(component) ?? none,
    callsFrom,
    callsTo: (id) => to.get(id) ?? none,
    callsOf: (id) => {
      const operation = operations.get(id)
      return operation === undefined ? callsFrom(id) : [...callsFrom(id), ...callsFrom(operation.component)]
    },
  }
  indexes.set(graph, index)
  return graph
}

function answerOf<Answer>(analysis: Analysis<Answer>, graph: Graph, earlier: Earlier | undefined): Answer {
  const previous = earlier?.graph.known(analysis)
  return earlier === undefined || previous === undefined || analysis.revise === undefined
    ? analysis(graph)
    : analysis.revise(previous.answer, graph, earlier)
}

function indexAfter(index: Index, { after, components, operations, calls }: Change): Index {
  const parts = mapAfter(index.components, components)
  const owners = new Map(index.owners)
  for (const { part } of [...operations.removed, ...components.removed]) owners.delete(part.id)
  const byComponent = groupsAfter(index.byComponent, operations, {
    list: after.operations,
    keyOf: ({ component }) => component,
  })
  for (const { part } of operations.added) owners.set(part.id, parts.get(part.component))
  for (const { part } of [...components.removed, ...components.added])
    for (const { id } of byComponent.get(part.id) ?? none) owners.set(id, parts.get(part.id))
  for (const { part } of components.added) owners.set(part.id, part)
  return {
    components: parts,
    operations: mapAfter(index.operations, operations),
    owners,
    byComponent,
    from: groupsAfter(index.from, calls, { list: after.calls, keyOf: (call) => call.from }),
    to: groupsAfter(index.to, calls, { list: after.calls, keyOf: (call) => call.to }),
  }
}

function mapAfter<Part extends { readonly id: string }>(
  map: ReadonlyMap<string, Part>,
  { removed, added }: ListChange<Part>,
): ReadonlyMap<string, Part> {
  if (removed.length + added.length === 0) return map
  const later = new Map(map)
  for (const { part } of removed) later.delete(part.id)
  for (const { part } of added) later.set(part.id, part)
  return later
}

/** Only the groups that lost or won a part are made again, in the order of the list. */
function groupsAfter<Part>(
  groups: ReadonlyMap<string, readonly Part[]>,
  { removed, added }: ListChange<Part>,
  { list, keyOf }: { readonly list: readonly Part[]; readonly keyOf: (part: Part) => string },
): ReadonlyMap<string, readonly Part[]> {
  if (removed.length + added.length === 0) return groups
  const later = new Map(groups)
  const touched = new Map([...removed, ...added].map(({ part }): [string, Part[]] => [keyOf(part), []]))
  for (const part of list) touched.get(keyOf(part))?.push(part)
  for (const [key, parts] of touched) {
    if (parts.length === 0) later.delete(key)
    else later.set(key, parts)
  }
  return later
}

/** True where a failure of the callee is a failure of the caller, as far as is known. */
export function isNeeded({ required, synchronous }: Call): boolean {
  return required?.value !== false && synchronous?.value !== false
}
