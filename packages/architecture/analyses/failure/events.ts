import { isSame } from '../../change.ts'
import type { Analysis, Earlier, Graph } from '../../graph.ts'
import type { Component, Evidence } from '../../model.ts'

/** What can fail by itself. `component`: something that is not known in more detail, such as an external. */
export type FailureKind = 'replica' | 'host' | 'zone' | 'component' | 'secret' | 'certificate'

/** Between these two, both included; one value where low and high are the same. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** One thing that fails independently of all others. */
export interface BasicEvent {
  /** Such as `replica payments#1`, `host node-3`, `secret card-key`. */
  readonly id: string
  readonly kind: FailureKind
  /** Component, host, failure zone, secret or certificate. */
  readonly subject: string
  /** Probability that it works. */
  readonly availability: Interval
  /** True where nobody declared the availability: `assumedAvailability` holds. */
  readonly assumed: boolean
  /** False: whether it can take anything down by itself is not known, because replicas or hosts are not. */
  readonly evidenced: boolean
  readonly evidence: Evidence
}

/**
 * Where nothing is declared. A replica restarts, is updated and fails: two to four nines cover what is usually measured
 * (Beyer et al., Site Reliability Engineering, chapter 3; the published agreements of the large clouds for single machines, 99 to
 * 99.99 %). A component of which the replicas are not known may be one of them, or two.
 */
export const assumedAvailability: Readonly<Record<FailureKind, Interval>> = {
  replica: { low: 0.99, high: 0.9999 },
  host: { low: 0.999, high: 0.9999 },
  zone: { low: 0.9995, high: 0.99999 },
  component: { low: 0.99, high: 0.9999 },
  secret: { low: 0.9999, high: 1 },
  certificate: { low: 0.9999, high: 1 },
}

/** How one component fails: by any of `common`, or when each of its replicas fails by any of its own events. */
export interface ComponentFailure {
  readonly component: string
  readonly common: readonly BasicEvent[]
  /** One list for each replica. */
  readonly replicas: readonly (readonly BasicEvent[])[]
  /** Events that it does not survive: the common ones, and those that every replica has. */
  readonly singles: readonly BasicEvent[]
  /** True: it is known to share no event with another component. */
  readonly apart: boolean
}

export function componentFailure(
  facts: Pick<ComponentFailure, 'component' | 'common' | 'replicas'>,
  apart = false,
): ComponentFailure {
  const { component, common, replicas } = facts
  const [first = [], ...others] = replicas
  const always = first.filter((event) => others.every((replica) => replica.includes(event)))
  return { component, common, replicas, singles: [...common, ...always], apart }
}

/** How every component fails, with one event object for each thing, so that what is shared is seen. */
export const componentFailures: Analysis<ReadonlyMap<string, ComponentFailure>> = Object.assign(
  (graph: Graph) => failuresOf(graph, { events: new Map(), failures: new Map(), disturbed: new Set() }),
  { revise: failuresAfter },
)

/** What fails as it did before is the same object, events included: what was worked out of it still holds. */
function failuresAfter(
  previous: ReadonlyMap<string, ComponentFailure>,
  graph: Graph,
  { graph: before, change: { components } }: Earlier,
): ReadonlyMap<string, ComponentFailure> {
  const events: Events = new Map()
  for (const failure of previous.values())
    for (const event of sharedEvents(failure)) events.set(event.id, event)
  const changed = [
    ...components.removed.map(({ part }) => previous.get(part.id)),
    ...components.added.map(({ part }) => failureOf(part, { known: new Map(), events: new Map() })),
  ]
  const disturbed = new Set(
    changed.flatMap((failure) =>
      failure === undefined ? [] : [...sharedEvents(failure)].map(({ id }) => id),
    ),
  )
  return failuresOf(graph, { events, failures: previous, before, disturbed })
}

/** What is known of a revision before. */
interface Failures {
  /** What components may share, by its id. */
  readonly events: Events
  readonly failures: ReadonlyMap<string, ComponentFailure>
  readonly before?: Graph
  /** Ids of shared events that a changed component has or had: of these, who has them first may be another one. */
  readonly disturbed: ReadonlySet<string>
}

function failuresOf(graph: Graph, known: Failures): ReadonlyMap<string, ComponentFailure> {
  const events: Events = new Map()
  const found = graph.architecture.components.map((component) => {
    const old =
      known.before?.component(component.id) === component ? known.failures.get(component.id) : undefined
    const shared = old === undefined ? nothingShared : sharedEvents(old)
    if (old === undefined || [...shared].some(({ id }) => known.disturbed.has(id)))
      return { old, now: failureOf(component, { known: known.events, events }) }
    for (const event of shared) if (!events.has(event.id)) events.set(event.id, event)
    return { old, now: old }
  })
  const holders = new Map<BasicEvent, number>()
  for (const { now } of found)
    for (const event of sharedEvents(now)) holders.set(event, (holders.get(event) ?? 0) + 1)
  const failures = found.map(({ old, now }): [string, ComponentFailure] => {
    const shared = sharedEvents(now)
    const apart = shared.size === 0 || [...shared].every((event) => holders.get(event) === 1)
    const isOld = old !== undefined && old.apart === apart && (old === now || isSameFailure(old, now))
    return [now.component, isOld ? old : { ...now, apart }]
  })
  return new Map(failures)
}

function sharedEvents({ component, common, replicas }: ComponentFailure): ReadonlySet<BasicEvent> {
  let found: Set<BasicEvent> | undefined
  const add = (event: BasicEvent) => {
    if (event.kind === 'replica' || event.kind === 'component' || event.id === hiddenHostId(component)) return
    found ??= new Set()
    found.add(event)
  }
  for (const event of common) add(event)
  for (const replica of replicas) for (const event of replica) add(event)
  return found ?? nothingShared
}

const nothingShared: ReadonlySet<BasicEvent> = new Set()

/** What is shared has to be the same object; what is its own, the same in every fact. */
function isSameFailure(old: ComponentFailure, now: ComponentFailure): boolean {
  const [before, after] = [sharedEvents(old), sharedEvents(now)]
  return (
    before.size === after.size &&
    [...after].every((event) => before.has(event)) &&
    isSame({ ...now, apart: old.apart }, old)
  )
}

type Events = Map<string, BasicEvent>

interface SharedEvents {
  /** Of the revision before. */
  readonly known: Events
  readonly events: Events
}

function failureOf(component: Component, events: SharedEvents): ComponentFailure {
  const { id, secrets, certificates, hosts } = component
  const common = [
    ...(secrets?.value ?? []).map((name) =>
      shared('secret', name, secrets?.evidence ?? component.evidence, events),
    ),
    ...(certificates?.value ?? []).map((name) =>
      shared('certificate', name, certificates?.evidence ?? component.evidence, events),
    ),
  ]
  const count = component.kind.value === 'external' ? undefined : replicasOf(component)
  if (count === undefined) return componentFailure({ component: id, common, replicas: [[whole(component)]] })
  const hidden =
    count > 1 && hosts === undefined && component.spread?.value !== true ? [hiddenHost(component)] : []
  const replicas = Array.from({ length: count }, (_, at) => [
    replica(component, at),
    ...hostEvents(component, at, events),
  ])
  return componentFailure({ component: id, common: [...common, ...hidden], replicas })
}

/** More replicas than this add nothing that can be computed apart. */
const mostReplicas = 64

function replicasOf({ replicas, autoscaling, hosts }: Component): number | undefined {
  const count = replicas?.value ?? autoscaling?.value.minimum ?? hosts?.value.length
  return count === undefined ? undefined : Math.min(Math.max(1, count), mostReplicas)
}

function replica(component: Component, at: number): BasicEvent {
  const { availability, evidence, replicas } = component
  return {
    id: `replica ${component.id}#${at + 1}`,
    kind: 'replica',
    subject: component.id,
    availability: known(availability?.value) ?? assumedAvailability.replica,
    assumed: availability === undefined,
    evidenced: true,
    evidence: replicas?.evidence ?? evidence,
  }
}

/** A component of which the replicas are not known; a declared availability is that of the whole, or of one of several. */
function whole({ id, kind, availability, evidence }: Component): BasicEvent {
  return {
    id: `component ${id}`,
    kind: 'component',
    subject: id,
    availability: known(availability?.value) ?? assumedAvailability.component,
    assumed: availability === undefined,
    evidenced: kind.value === 'external',
    evidence,
  }
}

function hiddenHostId(component: string): string {
  return `host of ${component}`
}

/** Replicas of which nobody says where they are may all be on one host. */
function hiddenHost({ id, replicas, evidence }: Component): BasicEvent {
  return {
    id: hiddenHostId(id),
    kind: 'host',
    subject: id,
    availability: { low: assumedAvailability.host.low, high: 1 },
    assumed: true,
    evidenced: false,
    evidence: replicas?.evidence ?? evidence,
  }
}

/** Replicas lie on the hosts in turn. A host that is written `zone/host` fails with its zone, too. */
function hostEvents({ hosts, evidence }: Component, at: number, events: SharedEvents): readonly BasicEvent[] {
  const name = hosts?.value[at % Math.max(1, hosts.value.length)]
  if (name === undefined) return []
  const place = hosts?.evidence ?? evidence
  const zone = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined
  return [
    shared('host', name, place, events),
    ...(zone === undefined ? [] : [shared('zone', zone, place, events)]),
  ]
}

// oxlint-disable-next-line max-params -- what the event is of, where it is known from, and the events that there are
function shared(
  kind: FailureKind,
  subject: string,
  evidence: Evidence,
  { known: earlier, events }: SharedEvents,
): BasicEvent {
  const id = `${kind} ${subject}`
  const there = events.get(id)
  if (there !== undefined) return there
  const fresh: BasicEvent = {
    id,
    kind,
    subject,
    availability: assumedAvailability[kind],
    assumed: true,
    evidenced: true,
    evidence,
  }
  const old = earlier.get(id)
  const event = old !== undefined && isSame(old, fresh) ? old : fresh
  events.set(id, event)
  return event
}

function known(availability: number | undefined): Interval | undefined {
  if (availability === undefined) return undefined
  const value = Math.min(1, Math.max(0, availability))
  return { low: value, high: value }
}
