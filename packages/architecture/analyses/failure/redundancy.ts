import type { Graph } from '../../graph.ts'
import { boundsOf, type AvailabilityOptions } from './availability.ts'
import { componentFailure, type BasicEvent, type ComponentFailure, type Interval } from './events.ts'
import { faultTree } from './tree.ts'

/** One step towards an objective: a further replica, on a host and in a zone of its own. */
export interface RedundancyChange {
  readonly component: string
  /** How many replicas more than now. */
  readonly replicas: number
}

export interface Redundancy {
  readonly entry: string
  readonly objective: number
  readonly reached: boolean
  readonly changes: readonly RedundancyChange[]
  readonly before: Interval
  readonly after: Interval
  /** `exact`: no smaller number of replicas reaches it. `greedy`: each step was the best one, and together they may not be the fewest. */
  readonly method: 'exact' | 'greedy'
  /** What more replicas do not help against, the least available first: externals, secrets, certificates. */
  readonly limits: readonly BasicEvent[]
}

const searchedComponents = 12
const searchedReplicas = 3
const mostReplicas = 512

/**
 * The smallest set of further replicas with which an entry reaches an objective, with every event at its worst.
 *
 * Where components share no host or zone, the availability is a product, and what a further replica adds to its logarithm
 * shrinks with each: taking the best step again and again is then exact (Fox 1966, marginal allocation). Where they do share, up to
 * twelve components and three replicas are searched one by one; beyond, the steps are those of the product, and may not be the fewest.
 */
export function cheapestRedundancy(
  graph: Graph,
  entry: string,
  objective: number,
  { nodes = 20_000 }: AvailabilityOptions = {},
): Redundancy {
  const { failures } = faultTree(graph, entry)
  const search: Search = { failures, objective, nodes }
  const limits = limitsOf(failures)
  const answer = (steps: readonly string[], method: Redundancy['method']) =>
    redundancyOf({ entry, objective, limits, changes: changesOf(steps), method }, steps, search)
  // No number of replicas lifts the product over what they do not help against.
  if (limits.reduce((product, event) => product * event.availability.low, 1) < objective)
    return answer([], 'exact')
  if (boundsOf(failures, nodes).low >= objective) return answer([], 'exact')
  const apart = sharesNothing(failures)
  const candidates = failures.filter(canRepeat)
  const few = !apart && candidates.length <= searchedComponents
  const searched = few ? smallest(candidates, search) : undefined
  const steps = searched ?? enough(bestSteps(candidates, search), search)
  return answer(steps, apart || searched !== undefined ? 'exact' : 'greedy')
}

/** The intervals are worked out when they are read. */
function redundancyOf(
  facts: Omit<Redundancy, 'reached' | 'before' | 'after'>,
  steps: readonly string[],
  { failures, objective, nodes }: Search,
): Redundancy {
  const interval = (among: readonly ComponentFailure[]): Interval => {
    const { low, high } = boundsOf(among, nodes)
    return { low, high }
  }
  let after: Interval | undefined
  const reached = () => (after ??= interval(extended(failures, steps)))
  return {
    ...facts,
    get reached() {
      return reached().low >= objective
    },
    get before() {
      return interval(failures)
    },
    get after() {
      return reached()
    },
  }
}

interface Search {
  readonly failures: readonly ComponentFailure[]
  readonly objective: number
  readonly nodes: number
}

function canRepeat({ replicas }: ComponentFailure): boolean {
  return replicas.every((replica) => replica.some(({ kind }) => kind === 'replica'))
}

/** What stays however many replicas there are: externals, what is not known in more detail, secrets and certificates. */
function limitsOf(failures: readonly ComponentFailure[]): readonly BasicEvent[] {
  const fixed = failures.flatMap((failure) => (canRepeat(failure) ? failure.common : failure.singles))
  return [...new Set(fixed)]
    .filter(({ kind }) => kind !== 'host')
    .toSorted((a, b) => a.availability.low - b.availability.low || (a.id < b.id ? -1 : 1))
}

function sharesNothing(failures: readonly ComponentFailure[]): boolean {
  const holders = new Map<BasicEvent, string>()
  return failures.every(({ component, replicas }) =>
    replicas.flat().every((event) => {
      const holder = holders.get(event) ?? component
      holders.set(event, holder)
      return holder === component
    }),
  )
}

/** Every way to add one replica, then two, then three: the first that is enough is one of the smallest. */
function smallest(candidates: readonly ComponentFailure[], search: Search): readonly string[] | undefined {
  const names = candidates.map(({ component }) => component)
  let rows: readonly (readonly string[])[] = [[]]
  for (let size = 1; size <= searchedReplicas; size += 1) {
    rows = rows.flatMap((row) =>
      names.slice(names.indexOf(row.at(-1) ?? names[0] ?? '')).map((name) => [...row, name]),
    )
    const enough = rows.find(
      (row) => boundsOf(extended(search.failures, row), search.nodes).low >= search.objective,
    )
    if (enough !== undefined) return enough
  }
  return undefined
}

/** A component by itself: how likely it works with so many replicas more. */
interface Repeatable {
  readonly component: string
  works(further: number): number
}

function repeatable(failure: ComponentFailure): Repeatable {
  const { component, common, replicas } = failure
  const [model] = replicas[0]?.filter(({ kind }) => kind === 'replica') ?? []
  const fails = 1 - (model?.availability.low ?? 1)
  const together = 1 - boundsOf([componentFailure({ component, common: [], replicas }, true)]).low
  const hidden = common
    .filter(({ kind }) => kind === 'host')
    .reduce((works, event) => works * event.availability.low, 1)
  return {
    component,
    works: (further) => (further === 0 ? hidden * (1 - together) : 1 - together * fails ** further),
  }
}

/** The steps that raise the product of all components most, one after another, until it reaches the objective. */
function bestSteps(
  candidates: readonly ComponentFailure[],
  { failures, objective }: Search,
): readonly string[] {
  const parts = candidates.map(repeatable)
  const further = parts.map(() => 0)
  const gain = (at: number) => {
    const count = further[at] ?? 0
    const now = parts[at]?.works(count) ?? 1
    const next = parts[at]?.works(count + 1) ?? 1
    return now === 0 ? (next > 0 ? Infinity : 0) : next / now
  }
  const fixed = limitsOf(failures).reduce((product, event) => product * event.availability.low, 1)
  const product = () => parts.reduce((works, part, at) => works * part.works(further[at] ?? 0), fixed)
  const gains = parts.map((_, at) => gain(at))
  const steps: string[] = []
  while (steps.length < mostReplicas && product() < objective) {
    const best = gains.indexOf(Math.max(...gains))
    if ((gains[best] ?? 0) <= 1) break
    steps.push(parts[best]?.component ?? '')
    further[best] = (further[best] ?? 0) + 1
    gains[best] = gain(best)
  }
  return steps
}

/** The product counts a shared host once for each component: fewer of the steps may be enough. More steps never make it worse. */
function enough(steps: readonly string[], { failures, objective, nodes }: Search): readonly string[] {
  let none = -1
  let all = steps.length
  while (all - none > 1) {
    const middle = Math.floor((none + all) / 2)
    if (boundsOf(extended(failures, steps.slice(0, middle)), nodes).low >= objective) all = middle
    else none = middle
  }
  return steps.slice(0, all)
}

/** The failures with further replicas, each of which shares nothing with the others but what is common to the component. */
function extended(
  failures: readonly ComponentFailure[],
  steps: readonly string[],
): readonly ComponentFailure[] {
  const added = Map.groupBy(steps, (name) => name)
  return failures.map((failure) => {
    const count = added.get(failure.component)?.length ?? 0
    return count === 0 ? failure : withReplicas(failure, count)
  })
}

function withReplicas(failure: ComponentFailure, count: number): ComponentFailure {
  const { component, common, replicas } = failure
  const [model] = replicas[0]?.filter(({ kind }) => kind === 'replica') ?? []
  if (model === undefined) return failure
  const further = Array.from({ length: count }, (_, at) => [
    { ...model, id: `replica ${component}#${replicas.length + at + 1}` },
  ])
  // The hidden host of replicas that nobody placed is settled by placing one elsewhere.
  const still = common.filter(({ kind }) => kind !== 'host')
  return componentFailure({ component, common: still, replicas: [...replicas, ...further] }, failure.apart)
}

function changesOf(steps: readonly string[]): readonly RedundancyChange[] {
  return [...Map.groupBy(steps, (name) => name)]
    .map(([component, list]) => ({ component, replicas: list.length }))
    .toSorted((a, b) => (a.component < b.component ? -1 : 1))
}
