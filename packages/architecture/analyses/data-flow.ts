import type { Graph } from '../graph.ts'
import type { ArchitectureOperation, Call, Component } from '../model.ts'
import { numbered, type Numbered } from './numbered.ts'

/** One hop of data: with a call's direction where it is sent, against it where it is returned. */
export interface DataStep {
  readonly call: Call
  readonly direction: 'returned' | 'sent'
  /** Component or operation that has it then. */
  readonly to: string
}

/** Data of one class at one component: the nearest of all the ways by which it comes. */
export interface DataAt {
  readonly dataClass: string
  readonly component: string
  /** Operation, store or caller at which it enters the flow. */
  readonly origin: string
  /**
   * True: every hop is declared. False: some part takes in or keeps something of which the files do not say what it is, and it
   * was in a position to hand this on.
   */
  readonly declared: boolean
  /** From the origin to the component; worked out when it is read. */
  readonly steps: readonly DataStep[]
}

/** Where data goes. */
export interface DataFlow {
  /** One for each class and component, by class in their order, nearest first. */
  readonly all: readonly DataAt[]
  /** What is, or may be, at a component. */
  at(component: string): readonly DataAt[]
  of(dataClass: string): readonly DataAt[]
}

/** A place in the walk of one class: a node that has the data. */
interface Places {
  readonly dataClass: string
  readonly nodes: Numbered
  readonly declared: Uint8Array
  /** 0: not there; else the number of hops plus one. */
  readonly distance: Int32Array
  readonly arrival: (Omit<DataStep, 'to'> | undefined)[]
  readonly previous: Int32Array
  readonly order: number[]
}

/**
 * Each class over all calls until nothing changes, both ways: answers go to callers, and on through an open output; inputs
 * go to callees that take the class in, and from a part that has it into stores, brokers, caches, logs and externals of which
 * nobody says what they are sent. One breadth-first walk for each class, first over declared hops alone.
 */
export function dataFlow(graph: Graph): DataFlow {
  const all = classesOf(graph).flatMap((dataClass) => dataOf(dataClass, graph))
  const byComponent = Map.groupBy(all, ({ component }) => component)
  const byClass = Map.groupBy(all, ({ dataClass }) => dataClass)
  return {
    all,
    at: (component) => byComponent.get(component) ?? [],
    of: (dataClass) => byClass.get(dataClass) ?? [],
  }
}

function classesOf({
  architecture: { dataClasses, operations, components, calls },
}: Graph): readonly string[] {
  const facts = [
    ...operations.flatMap(({ dataIn, dataOut }) => [dataIn, dataOut]),
    ...components.map(({ holds }) => holds),
    ...calls.map(({ sends }) => sends),
  ]
  const named = new Set(dataClasses)
  for (const fact of facts) for (const name of fact?.value ?? []) named.add(name)
  return [...named]
}

function dataOf(dataClass: string, graph: Graph): readonly DataAt[] {
  const nodes = graph.once(numbered)
  const places: Places = {
    dataClass,
    nodes,
    declared: new Uint8Array(nodes.ids.length),
    distance: new Int32Array(nodes.ids.length),
    arrival: [],
    previous: new Int32Array(nodes.ids.length).fill(-1),
    order: [],
  }
  seed(places, graph)
  spread(places, graph, true)
  spread(places, graph, false)
  return nearest(places)
}

/** Where the class begins: what returns it, what keeps it, what takes it in, and who sends it along. */
function seed(places: Places, graph: Graph): void {
  const { dataClass, nodes } = places
  const begin = (id: string) => reach(places, { node: nodes.numberOf(id), declared: true })
  for (const { id, dataOut, dataIn } of graph.architecture.operations)
    if (dataOut?.value.includes(dataClass) === true || dataIn?.value.includes(dataClass) === true) begin(id)
  for (const { id, holds } of graph.architecture.components)
    if (holds?.value.includes(dataClass) === true) begin(id)
  for (const { from, sends } of graph.architecture.calls)
    if (sends?.value.includes(dataClass) === true) begin(from)
}

interface Arriving {
  readonly node: number
  readonly declared: boolean
  readonly by?: Omit<DataStep, 'to'>
  readonly from?: number
}

function reach({ declared, distance, arrival, previous, order }: Places, arriving: Arriving): void {
  const { node, from } = arriving
  if (node < 0 || (distance[node] ?? 0) > 0) return
  distance[node] = (from === undefined ? 0 : (distance[from] ?? 0)) + 1
  declared[node] = arriving.declared && (from === undefined || declared[from] === 1) ? 1 : 0
  arrival[node] = arriving.by
  previous[node] = from ?? -1
  order.push(node)
}

function spread(places: Places, graph: Graph, declaredOnly: boolean): void {
  const { nodes, order } = places
  for (let at = 0; at < order.length; at += 1) {
    const node = order[at] ?? 0
    const id = nodes.ids[node] ?? ''
    const operation = graph.operation(id)
    const go = (call: Call, direction: DataStep['direction'], to: string, declared: boolean) => {
      if (declared || !declaredOnly)
        reach(places, { node: nodes.numberOf(to), declared, by: { call, direction }, from: node })
      if (call.through !== undefined && (declared || !declaredOnly))
        reach(places, {
          node: nodes.numberOf(call.through.value),
          declared,
          by: { call, direction },
          from: node,
        })
    }
    // What a component has by a call that it makes for all of its operations, an open output of theirs may hold.
    if (operation === undefined) {
      for (const own of graph.operationsOf(id))
        if (own.openOutput?.value === true)
          reach(places, { node: nodes.numberOf(own.id), declared: true, from: node })
    }
    if (gives(operation, graph.component(id), places.dataClass)) {
      for (const call of graph.callsTo(id)) go(call, 'returned', call.from, true)
    }
    for (const call of graph.callsOf(id)) {
      const known = takes(call, graph, places.dataClass)
      if (known !== false) go(call, 'sent', call.to, known === true)
    }
  }
}

/** Does an answer hold what is there? A declared output says so; an open one passes anything on; a store gives what it keeps. */
function gives(
  operation: ArchitectureOperation | undefined,
  component: Component | undefined,
  dataClass: string,
): boolean {
  if (operation !== undefined)
    return operation.openOutput?.value === true || operation.dataOut?.value.includes(dataClass) === true
  return (
    component !== undefined &&
    (keepsData.has(component.kind.value) || component.holds?.value.includes(dataClass) === true)
  )
}

/** Does a call take the class along? Undefined: it leads to a part that may take anything, and nobody says what. */
function takes(call: Call, graph: Graph, dataClass: string): boolean | undefined {
  const operation = graph.operation(call.to)
  if (call.sends?.value.includes(dataClass) === true || operation?.dataIn?.value.includes(dataClass) === true)
    return true
  if (call.sends !== undefined || operation !== undefined) return false
  const callee = graph.component(call.to)
  return callee !== undefined && takesAnything.has(callee.kind.value) && callee.holds === undefined
    ? undefined
    : false
}

const keepsData = new Set(['store', 'cache', 'broker'])
const takesAnything = new Set([...keepsData, 'external', 'monitoring'])

/** One answer for each component: of its own node and those of its operations the nearest, declared before possible. */
function nearest(places: Places): readonly DataAt[] {
  const { nodes, order, declared, dataClass } = places
  const best = new Map<number, number>()
  for (const want of [1, 0]) {
    for (const node of order) {
      const owner = nodes.owners[node] ?? -1
      if (declared[node] === want && owner >= 0 && !best.has(owner)) best.set(owner, node)
    }
  }
  return [...best].map(([owner, node]) => ({
    dataClass,
    component: nodes.ids[owner] ?? '',
    origin: nodes.ids[originOf(node, places)] ?? '',
    declared: declared[node] === 1,
    get steps() {
      return stepsTo(node, places)
    },
  }))
}

function originOf(node: number, { previous }: Places): number {
  let at = node
  for (let from = previous[at] ?? -1; from >= 0; from = previous[at] ?? -1) at = from
  return at
}

function stepsTo(node: number, { arrival, previous, nodes }: Places): readonly DataStep[] {
  const steps: DataStep[] = []
  for (let at = node; at >= 0; at = previous[at] ?? -1) {
    const by = arrival[at]
    if (by !== undefined) steps.push({ ...by, to: nodes.ids[at] ?? '' })
  }
  return steps.toReversed()
}
