import type { Graph } from '../../graph.ts'
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
export function componentFailures(graph: Graph): ReadonlyMap<string, ComponentFailure> {
  const events: Events = new Map()
  const failures = graph.architecture.components.map((component) => failureOf(component, events))
  const holders = new Map<BasicEvent, number>()
  for (const failure of failures)
    for (const event of eventsOf(failure)) holders.set(event, (holders.get(event) ?? 0) + 1)
  return new Map(
    failures.map((failure) => {
      const apart = [...eventsOf(failure)].every((event) => holders.get(event) === 1)
      return [failure.component, { ...failure, apart }]
    }),
  )
}

function eventsOf({ common, replicas }: ComponentFailure): ReadonlySet<BasicEvent> {
  return new Set([...common, ...replicas.flat()])
}

type Events = Map<string, BasicEvent>

function failureOf(component: Component, events: Events): ComponentFailure {
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

/** Replicas of which nobody says where they are may all be on one host. */
function hiddenHost({ id, replicas, evidence }: Component): BasicEvent {
  return {
    id: `host of ${id}`,
    kind: 'host',
    subject: id,
    availability: { low: assumedAvailability.host.low, high: 1 },
    assumed: true,
    evidenced: false,
    evidence: replicas?.evidence ?? evidence,
  }
}

/** Replicas lie on the hosts in turn. A host that is written `zone/host` fails with its zone, too. */
function hostEvents({ hosts, evidence }: Component, at: number, events: Events): readonly BasicEvent[] {
  const name = hosts?.value[at % Math.max(1, hosts.value.length)]
  if (name === undefined) return []
  const place = hosts?.evidence ?? evidence
  const zone = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined
  return [
    shared('host', name, place, events),
    ...(zone === undefined ? [] : [shared('zone', zone, place, events)]),
  ]
}

function shared(kind: FailureKind, subject: string, evidence: Evidence, events: Events): BasicEvent {
  const id = `${kind} ${subject}`
  const event = events.get(id) ?? {
    id,
    kind,
    subject,
    availability: assumedAvailability[kind],
    assumed: true,
    evidenced: true,
    evidence,
  }
  events.set(id, event)
  return event
}

function known(availability: number | undefined): Interval | undefined {
  if (availability === undefined) return undefined
  const value = Math.min(1, Math.max(0, availability))
  return { low: value, high: value }
}
