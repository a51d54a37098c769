import {
  amplifications,
  availability,
  cutSets,
  dataFlow,
  entriesOf,
  graphOf,
  needsOfEntries,
  reachMatrix,
  sharedStores,
  synchronousCycles,
  timeBudgets,
  type Architecture,
  type Graph,
  type Interval,
  type Way,
} from '@plimsoll/architecture'

/** One hop of a way, by ids. */
export interface Hop {
  readonly from: string
  readonly to: string
  readonly through?: string | undefined
}

/** What an entry promises and rests on. */
export interface EntryAnswer {
  readonly entry: string
  /** Component that outside calls pass first. */
  readonly through?: string | undefined
  /** Components without any one of which it does not answer. */
  readonly needs: readonly string[]
  readonly availability: {
    readonly low: number
    readonly high: number
    /** False: low and high are bounds around the exact interval. */
    readonly exact: boolean
    /** Events of which nobody declared the availability. */
    readonly assumed: readonly string[]
    readonly unknown: readonly string[]
  }
  /** Sets of events that together take it down, the smallest first, up to three events and `mostCutSets` sets. */
  readonly cutSets: readonly {
    readonly events: readonly string[]
    readonly component: string
    readonly way: readonly Hop[]
  }[]
  readonly cutSetsComplete: boolean
}

/** The answers of the analyses over one architecture, as plain data. */
export interface Analysis {
  readonly format: 'plimsoll/analysis/1'
  readonly entries: readonly EntryAnswer[]
  /** How often one request at an entry can call something, at worst. */
  readonly amplification: readonly {
    readonly entry: string
    readonly target: string
    readonly attempts: number
    readonly way: readonly Hop[]
  }[]
  /** Who causes which operations to run, and comes to which components and data. */
  readonly reach: readonly {
    readonly caller: string
    readonly kind: string
    readonly operations: readonly string[]
    readonly components: readonly string[]
    readonly dataClasses: readonly string[]
  }[]
  /** Where data of each class is, and how it came there. */
  readonly flows: readonly {
    readonly dataClass: string
    readonly component: string
    readonly origin: string
    /** False: a hop rests on something that the files do not say. */
    readonly declared: boolean
    readonly steps: readonly { readonly direction: 'returned' | 'sent'; readonly to: string }[]
  }[]
  readonly cycles: readonly { readonly members: readonly string[]; readonly example: readonly Hop[] }[]
  readonly sharedStores: readonly { readonly store: string; readonly users: readonly string[] }[]
  readonly timeBudgets: readonly {
    readonly operation: string
    readonly deadlineMs: number
    /** All calls one after another, each with all of its attempts. */
    readonly neededMs: number
  }[]
}

export interface AnalyseOptions {
  /** Cut sets of one entry. Default 100. */
  readonly mostCutSets?: number
  /** Entries that are analysed, in the order of their ids. Default 100. */
  readonly mostEntries?: number
}

/** Asks all analyses. Pure; the answers hold ids and figures, and nothing of the program. */
export function analyse(architecture: Architecture, options: AnalyseOptions = {}): Analysis {
  const graph = graphOf(architecture)
  return {
    format: 'plimsoll/analysis/1',
    entries: entryAnswers(graph, options),
    amplification: graph
      .once(amplifications)
      .map(({ entry, target, attempts, way }) => ({ entry, target, attempts, way: hopsOf(way) })),
    reach: reachAnswers(graph),
    flows: graph.once(dataFlow).all.map(({ dataClass, component, origin, declared, steps }) => ({
      dataClass,
      component,
      origin,
      declared,
      steps: steps.map(({ direction, to }) => ({ direction, to })),
    })),
    cycles: graph
      .once(synchronousCycles)
      .map(({ members, example }) => ({ members, example: hopsOf(example) })),
    sharedStores: graph.once(sharedStores).map(({ store, users }) => ({
      store: store.id,
      users: users.map(({ component }) => component),
    })),
    timeBudgets: graph.once(timeBudgets).map(({ operation, deadlineMs, neededMs }) => ({
      operation: operation.id,
      deadlineMs,
      neededMs,
    })),
  }
}

function entryAnswers(
  graph: Graph,
  { mostCutSets = 100, mostEntries = 100 }: AnalyseOptions,
): readonly EntryAnswer[] {
  const needs = new Map(graph.once(needsOfEntries).map(({ entry, needs: needed }) => [entry.id, needed]))
  return entriesOf(graph)
    .slice(0, mostEntries)
    .map(({ id, through }) => {
      const { sets, complete } = cutSets(graph, id, { most: mostCutSets })
      return {
        entry: id,
        ...(through === undefined ? {} : { through }),
        needs: [...(needs.get(id)?.keys() ?? [])],
        availability: availabilityAnswer(graph, id),
        cutSets: sets.map(({ events, component, way }) => ({
          events: events.map((event) => event.id),
          component,
          way: hopsOf(way),
        })),
        cutSetsComplete: complete,
      }
    })
}

function availabilityAnswer(graph: Graph, entry: string): EntryAnswer['availability'] {
  const { interval, exact, assumed, unknown } = availability(graph, entry)
  const { low, high }: Interval = interval
  return { low, high, exact, assumed: assumed.map(({ id }) => id), unknown: [...unknown] }
}

function reachAnswers(graph: Graph): Analysis['reach'] {
  const matrix = graph.once(reachMatrix)
  return matrix.callers
    .filter(({ kind }) => kind !== 'component')
    .map(({ id, kind }) => ({
      caller: id,
      kind,
      operations: matrix.operationsOf(id).map((operation) => operation.id),
      components: matrix.componentsOf(id).map((component) => component.id),
      dataClasses: [...matrix.classesOf(id)],
    }))
}

function hopsOf(way: Way): readonly Hop[] {
  return way.map(({ from, to, through }) => ({
    from,
    to,
    ...(through === undefined ? {} : { through: through.value }),
  }))
}
