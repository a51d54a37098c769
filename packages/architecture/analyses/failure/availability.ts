import type { Graph } from '../../graph.ts'
import { entriesOf } from '../entries.ts'
import { diagramOf, Overgrown, type Diagram, type Node } from './diagram.ts'
import type { BasicEvent, ComponentFailure, Interval } from './events.ts'
import { modulesOf, type FailureModule, type Survivor } from './modules.ts'
import { faultTree, type FaultTree } from './tree.ts'

export interface AvailabilityOptions {
  /** Most nodes of one decision diagram before bounds are given instead. Default 20,000; at most 131,072. */
  readonly nodes?: number
}

/** How likely an entry answers. */
export interface Availability {
  readonly entry: string
  /** With every event at its worst, and at its best: one value where everything is declared. */
  readonly interval: Interval
  /** False: a diagram grew over its limit, and the interval holds bounds (Esary, Proschan and Walkup 1967) around the exact one. */
  readonly exact: boolean
  /** Basic events of which the availability is assumed and not declared. */
  readonly assumed: readonly BasicEvent[]
  /** What is not known and would change the result. */
  readonly unknown: readonly string[]
}

const defaultNodes = 20_000

/** The availability of an entry operation, from the basic events of its fault tree. */
export function availability(graph: Graph, entry: string, options: AvailabilityOptions = {}): Availability {
  return availabilityOf(faultTree(graph, entry), options)
}

function availabilityOf(tree: FaultTree, { nodes = defaultNodes }: AvailabilityOptions = {}): Availability {
  let bounds: Bounds | undefined
  const known = () => (bounds ??= boundsOf(tree.failures, nodes))
  return {
    entry: tree.entry,
    get interval() {
      const { low, high } = known()
      return { low, high }
    },
    get exact() {
      return known().exact
    },
    get assumed() {
      return tree.events.filter(({ assumed }) => assumed)
    },
    get unknown() {
      return tree.unknown
    },
  }
}

/** Of every entry, in the order of `entriesOf`; each is worked out when it is read. Diagrams are smaller than for one entry alone. */
export function availabilities(graph: Graph): readonly Availability[] {
  return entriesOf(graph).map(({ id }) => {
    let answer: Availability | undefined
    const known = () => (answer ??= availability(graph, id, { nodes: 2000 }))
    return {
      entry: id,
      get interval() {
        return known().interval
      },
      get exact() {
        return known().exact
      },
      get assumed() {
        return known().assumed
      },
      get unknown() {
        return known().unknown
      },
    }
  })
}

export interface Bounds extends Interval {
  readonly exact: boolean
}

export function boundsOf(failures: readonly ComponentFailure[], nodes = defaultNodes): Bounds {
  const { singles, modules } = modulesOf(failures)
  const parts = modules.map((module) => moduleBounds(module, nodes))
  const product = (side: 'low' | 'high') =>
    [...singles.map((event) => event.availability[side]), ...parts.map((part) => part[side])].reduce(
      (left, right) => left * right,
      1,
    )
  return { low: product('low'), high: product('high'), exact: parts.every(({ exact }) => exact) }
}

/** A component that shares nothing has the same part in every entry's availability. */
const ofComponents = new WeakMap<ComponentFailure, Bounds>()

function moduleBounds(module: FailureModule, nodes: number): Bounds {
  const { alone } = module
  const known = alone === undefined ? undefined : ofComponents.get(alone)
  if (known !== undefined) return known
  const bounds = boundsOfModule(module, nodes)
  if (alone !== undefined && bounds.exact) ofComponents.set(alone, bounds)
  return bounds
}

/** A module with more components than a diagram has nodes for is not tried: of fewer for each it never fits. */
const nodesPerComponent = 40

function boundsOfModule(module: FailureModule, nodes: number): Bounds {
  const small = module.failures.length <= 1 || module.failures.length * nodesPerComponent <= nodes
  const diagram = small ? moduleDiagram(module, nodes) : undefined
  if (diagram === undefined) return roughBounds(module, nodes)
  const works = (side: 'low' | 'high') => 1 - diagram.probability(failing(module, side))
  return { low: works('low'), high: works('high'), exact: true }
}

export function failing({ events }: FailureModule, side: 'low' | 'high'): readonly number[] {
  return events.map(({ availability: interval }) => 1 - interval[side])
}

export interface ModuleDiagram {
  readonly diagram: Diagram
  /** True where the module fails. */
  readonly root: Node
  probability(failing: readonly number[]): number
}

/** The diagram of a module's failure; undefined where it would grow over the limit. */
export function moduleDiagram({ failures, events }: FailureModule, nodes: number): ModuleDiagram | undefined {
  const diagram = diagramOf(nodes)
  const numbers = new Map(events.map((event, at) => [event, at]))
  try {
    const root = failures
      .map((failure) => failureNode(failure, diagram, numbers))
      .reduce<Node>((left, right) => diagram.or(left, right), 0)
    return { diagram, root, probability: (fails) => diagram.probability(root, fails) }
  } catch (thrown) {
    if (thrown instanceof Overgrown) return undefined
    throw thrown
  }
}

function failureNode(
  { common, replicas }: ComponentFailure,
  diagram: Diagram,
  numbers: ReadonlyMap<BasicEvent, number>,
): Node {
  const any = (events: readonly BasicEvent[]) =>
    events.reduce<Node>((left, event) => diagram.or(left, diagram.variable(numbers.get(event) ?? 0)), 0)
  // From the last replica on, so that the diagram grows at its root.
  const all = replicas.toReversed().reduce<Node>((left, replica) => diagram.and(any(replica), left), 1)
  return diagram.or(any(common), replicas.length === 0 ? 0 : all)
}

/**
 * Every component's own working is monotone in independent events, so that they are associated: all work together at least as
 * likely as the product says, and at most as likely as some that share nothing do (Esary, Proschan and Walkup 1967).
 */
function roughBounds({ failures }: FailureModule, nodes: number): Bounds {
  const own = failures.map((failure) => ({ failure, ...boundsAlone(failure, nodes) }))
  const taken = new Set<BasicEvent>()
  let high = 1
  for (const { failure, high: works } of own.toSorted((a, b) => a.high - b.high)) {
    const events = failure.replicas.flat()
    if (events.some((event) => taken.has(event))) continue
    for (const event of events) taken.add(event)
    high *= works
  }
  return { low: own.reduce((product, { low }) => product * low, 1), high, exact: false }
}

function boundsAlone(survivor: Survivor, nodes: number): Interval {
  const { whole, untouched } = survivor
  const known = untouched ? ofComponents.get(whole) : undefined
  if (known !== undefined) return known
  const bounds = ownBounds(survivor, nodes)
  if (untouched && bounds.exact) ofComponents.set(whole, bounds)
  return bounds
}

function ownBounds(failure: Survivor, nodes: number): Bounds {
  const module: FailureModule = {
    failures: [failure],
    events: [...new Set([...failure.common, ...failure.replicas.flat()])],
  }
  const diagram = moduleDiagram(module, nodes)
  if (diagram !== undefined) {
    const works = (side: 'low' | 'high') => 1 - diagram.probability(failing(module, side))
    return { low: works('low'), high: works('high'), exact: true }
  }
  // One replica alone is a lower bound for all of them.
  const [first = []] = failure.replicas
  const together = [...failure.common, ...first].reduce(
    (product, event) => product * event.availability.low,
    1,
  )
  return { low: together, high: 1, exact: false }
}
