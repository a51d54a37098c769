import type { BasicEvent, ComponentFailure } from './events.ts'

/** Components that share events with each other and with no other module: it fails independently of them. */
export interface FailureModule {
  readonly failures: readonly Survivor[]
  /** The component's failure as it stands in the tree, where it is the module's only one and lost only its own single points. */
  readonly alone?: ComponentFailure | undefined
  /** In the order of the decision diagram: what belongs together stands together. */
  readonly events: readonly BasicEvent[]
}

export interface Modules {
  /** Events that take the entry down by themselves. They occur in no module. */
  readonly singles: readonly BasicEvent[]
  readonly modules: readonly FailureModule[]
}

/**
 * Takes a fault tree apart into what is independent: single points first, which each multiply the availability, then groups of
 * components that share hosts or zones. Exact, and it keeps the diagrams small (Dutuit and Rauzy 1996, on modules).
 */
export function modulesOf(failures: readonly ComponentFailure[]): Modules {
  const [apart, sharing] = [
    failures.filter((failure) => failure.apart),
    failures.filter((failure) => !failure.apart),
  ]
  const shared = new Set<BasicEvent>(sharing.flatMap(({ singles }) => singles))
  const alone = apart.map((failure) => survivors(failure, shared)).filter((left) => left !== undefined)
  const rest = sharing.map((failure) => survivors(failure, shared)).filter((left) => left !== undefined)
  return {
    singles: [...apart.flatMap(({ singles }) => singles), ...shared],
    modules: [...alone.map((survivor) => moduleOf([survivor])), ...connectedModules(rest)],
  }
}

function connectedModules(failures: readonly Survivor[]): readonly FailureModule[] {
  const holders = holdersOf(failures)
  const seen = new Set<number>()
  const modules: FailureModule[] = []
  for (const at of failures.keys())
    if (!seen.has(at)) modules.push(moduleOf(connected(at, failures, holders, seen)))
  return modules
}

/** Event → the failures that have it, by their place. */
function holdersOf(failures: readonly Survivor[]): Map<BasicEvent, readonly number[]> {
  const holders = new Map<BasicEvent, number[]>()
  for (const [at, { replicas }] of failures.entries()) {
    for (const event of replicas.flat()) {
      const list = holders.get(event)
      if (list === undefined) holders.set(event, [at])
      else if (list.at(-1) !== at) list.push(at)
    }
  }
  return holders
}

function moduleOf(members: readonly Survivor[]): FailureModule {
  const [first] = members
  let events: readonly BasicEvent[] | undefined
  return {
    failures: members,
    alone: members.length === 1 && first?.untouched === true ? first.whole : undefined,
    get events() {
      return (events ??= [...new Set(members.flatMap(orderedEvents))])
    },
  }
}

/** What is left of a component's failure, and the failure itself; untouched where only its own single points are gone. */
export interface Survivor extends ComponentFailure {
  readonly whole: ComponentFailure
  readonly untouched: boolean
}

/** That of a component which shares nothing with another one's single points is the same in every tree. */
const untouchedSurvivors = new WeakMap<ComponentFailure, Survivor>()

/** What is left of a component's failure when no single point has failed; nothing, where a replica then always works. */
function survivors(whole: ComponentFailure, singles: ReadonlySet<BasicEvent>): Survivor | undefined {
  const { component, replicas, singles: own, apart } = whole
  // A component with one replica has nothing but single points.
  if (replicas.length <= 1) return undefined
  const isOwn = (event: BasicEvent) => !singles.has(event) || own.includes(event)
  const untouched = apart || replicas.every((replica) => replica.every(isOwn))
  const known = untouched ? untouchedSurvivors.get(whole) : undefined
  if (known !== undefined) return known
  const stays = (event: BasicEvent) => !singles.has(event) && !own.includes(event)
  const left = replicas.map((replica) => replica.filter(stays))
  if (left.some((replica) => replica.length === 0)) return undefined
  const survivor = { component, common: [], replicas: left, singles: [], apart, whole, untouched }
  if (untouched) untouchedSurvivors.set(whole, survivor)
  return survivor
}

function connected(
  start: number,
  failures: readonly Survivor[],
  holders: Map<BasicEvent, readonly number[]>,
  seen: Set<number>,
): readonly Survivor[] {
  const queue = [start]
  seen.add(start)
  const members: Survivor[] = []
  for (let at = 0; at < queue.length; at += 1) {
    const failure = failures[queue[at] ?? 0]
    if (failure === undefined) continue
    members.push(failure)
    for (const event of failure.replicas.flat()) {
      for (const other of holders.get(event) ?? []) {
        if (seen.has(other)) continue
        seen.add(other)
        queue.push(other)
      }
      // Followed once: what many share must not be walked by each of them.
      holders.delete(event)
    }
  }
  return members
}

const ranks: Readonly<Record<string, number>> = { zone: 0, host: 1 }

/** Zone, then host, then its replicas: in this order one component's diagram grows only linearly with its replicas. */
function orderedEvents({ replicas }: ComponentFailure): readonly BasicEvent[] {
  const rank = ({ kind }: BasicEvent) => ranks[kind] ?? 2
  const placed = replicas.map((replica) => {
    const events = replica.toSorted((a, b) => rank(a) - rank(b))
    return { events, place: events.map((event) => (rank(event) < 2 ? event.id : '')).join('\n') }
  })
  return placed
    .toSorted((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .flatMap(({ events }) => events)
}
