import { differenceOf, type Architecture, type Difference, type ReachChange } from '@plimsoll/architecture'

/** Callers that reach the same operations, components and data in one of two architectures, and not in the other. */
export interface ReachDelta {
  /** The first of them: those from outside before services. */
  readonly callers: readonly {
    readonly id: string
    readonly kind: 'anonymous' | 'client' | 'component'
  }[]
  readonly callerCount: number
  readonly operations: readonly string[]
  /** Those of which no operation is named. */
  readonly components: readonly string[]
  readonly dataClasses: readonly string[]
  /** How the first caller comes to the first of these, by ids. */
  readonly way: readonly string[]
}

export interface AvailabilityDelta {
  readonly entry: string
  /** Probability that it answers: with every part at its worst, and at its best. */
  readonly before: { readonly low: number; readonly high: number }
  readonly after: { readonly low: number; readonly high: number }
  /** Components that it needs now and did not before, and the other way round. */
  readonly needsNow: readonly string[]
  readonly needsNoLonger: readonly string[]
}

export interface AmplificationDelta {
  readonly entry: string
  /** What one request at the entry calls another number of times, by the same count. */
  readonly targets: readonly string[]
  /** How often at worst. */
  readonly before: number
  readonly after: number
  /** The longest way from the entry to one of them, by ids. */
  readonly way: readonly string[]
}

/**
 * What a change does to the whole: the worst first, each list of bounded length, with how many there are. `skipped` counts what was
 * not worked out because the architecture is too large for all of it.
 */
export interface Delta {
  readonly entries: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly gained: { readonly list: readonly ReachDelta[]; readonly count: number; readonly skipped: number }
  readonly lost: { readonly list: readonly ReachDelta[]; readonly count: number; readonly skipped: number }
  readonly availability: {
    readonly list: readonly AvailabilityDelta[]
    readonly count: number
    readonly skipped: number
  }
  readonly amplification: {
    readonly list: readonly AmplificationDelta[]
    readonly count: number
    readonly skipped: number
  }
}

/** Of each list. */
const mostListed = 100
/** Of the names in one line of a list. */
const mostNamed = 50
const mostCallers = 20
/** Callers that are compared to find out which targets the same callers reach. */
const mostCompared = 500

/** The difference of two architectures for a report; undefined where nothing was there before, so that everything is new. */
export function deltaOf(before: Architecture, after: Architecture): Delta | undefined {
  if (before.components.length === 0) return undefined
  const { entries, reach, availability, amplification } = differenceOf(before, after, {
    mostCallers: mostCompared,
  })
  return {
    entries: {
      added: entries.added.slice(0, mostListed),
      removed: entries.removed.slice(0, mostListed),
    },
    gained: reachList(reach.gained, after),
    lost: reachList(reach.lost, before),
    availability: listOf(availability, ({ gained, dropped, ...change }) => ({
      ...change,
      needsNow: gained.slice(0, mostNamed),
      needsNoLonger: dropped.slice(0, mostNamed),
    })),
    amplification: amplificationList(amplification),
  }
}

/** True where nobody reaches anything else, and no entry promises anything else. */
export function isEmptyDelta({ entries, gained, lost, availability, amplification }: Delta): boolean {
  const names = [...entries.added, ...entries.removed]
  return [gained, lost, availability, amplification].every(({ count }) => count === 0) && names.length === 0
}

function listOf<Change, Listed>(
  { changes, skipped }: { readonly changes: readonly Change[]; readonly skipped: number },
  listed: (change: Change) => Listed,
): { readonly list: readonly Listed[]; readonly count: number; readonly skipped: number } {
  return { list: changes.slice(0, mostListed).map(listed), count: changes.length, skipped }
}

/** What one entry calls the same number of times stands together. */
function amplificationList({ changes, skipped }: Difference['amplification']): Delta['amplification'] {
  const groups = [
    ...Map.groupBy(changes, ({ entry, before, after }) => JSON.stringify([entry, before, after])).values(),
  ]
  const list = groups.slice(0, mostListed).flatMap((group) => {
    const [first, ...others] = group
    if (first === undefined) return []
    const { entry, before, after } = first
    const { worst } = others.reduce((a, b) => (b.worst.way.length > a.worst.way.length ? b : a), first)
    const targets = group.slice(0, mostNamed).map(({ target }) => target)
    return [{ entry, targets, before, after, way: [entry, ...worst.way.map(({ to }) => to)] }]
  })
  return { list, count: groups.length, skipped }
}

/** Targets that the same callers reach stand together; where callers are only counted, nobody knows that they are the same. */
function reachList(
  { changes, skipped }: Difference['reach']['gained'],
  architecture: Architecture,
): Delta['gained'] {
  const groups = [
    ...Map.groupBy(changes, ({ callers, count, kind, target }) =>
      JSON.stringify(count > callers.length ? [kind, target] : callers.map(({ id }) => id)),
    ).values(),
  ]
  const owners = new Map(architecture.operations.map(({ id, component }) => [id, component]))
  const list = groups.slice(0, mostListed).flatMap((group) => groupDelta(group, owners))
  return { list, count: groups.length, skipped }
}

function groupDelta(
  group: readonly ReachChange[],
  owners: ReadonlyMap<string, string>,
): readonly ReachDelta[] {
  const [first] = group
  if (first === undefined) return []
  const named = (kind: ReachChange['kind']) =>
    group.filter((change) => change.kind === kind).map(({ target }) => target)
  const operations = named('operation')
  const told = new Set(operations.map((id) => owners.get(id)))
  return [
    {
      callers: first.callers.slice(0, mostCallers).map(({ id, kind }) => ({ id, kind })),
      callerCount: first.count,
      operations: operations.slice(0, mostNamed),
      components: named('component')
        .filter((id) => !told.has(id))
        .slice(0, mostNamed),
      dataClasses: named('data class').slice(0, mostNamed),
      way: wayOf(first),
    },
  ]
}

/** A step by the caller itself is the caller's; one by a port that it comes in by is the first. */
function wayOf({ way, callers: [caller] }: ReachChange): readonly string[] {
  if (way === undefined || caller === undefined) return []
  return [caller.id, ...way.steps.map(({ to }) => to)]
}
