import type { Graph } from '../../graph.ts'
import { entriesOf, type Entry } from '../entries.ts'
import type { Way } from '../walk.ts'
import { neededComponents } from '../ways.ts'
import { componentFailures, type BasicEvent, type ComponentFailure } from './events.ts'

/**
 * The fault tree of one entry operation: it fails when any component fails that it needs. Calls in a circle need each other;
 * the least solution counts, in which nothing fails without a basic event (IEC 61025 for the tree itself).
 */
export interface FaultTree {
  readonly entry: string
  readonly failures: readonly ComponentFailure[]
  /** In the order of the failures, each once. */
  readonly events: readonly BasicEvent[]
  /** What is not known and would change the tree, for people. */
  readonly unknown: readonly string[]
  readonly wayTo: (component: string) => Way
}

/** The tree of an entry, by its id; of any operation or component, as if it were an entry. */
export function faultTree(graph: Graph, entry: string): FaultTree {
  const known = graph.once(entriesById).get(entry) ?? { id: entry }
  const { components, wayTo } = neededComponents(graph, known)
  const byId = graph.once(componentFailures)
  // A client is nobody's need.
  const failures = components
    .filter((id) => graph.component(id)?.kind.value !== 'client')
    .map((id) => byId.get(id))
    .filter((failure) => failure !== undefined)
  let events: readonly BasicEvent[] | undefined
  const all = () => (events ??= eventsOf(failures))
  return {
    entry,
    failures,
    get events() {
      return all()
    },
    get unknown() {
      return all()
        .filter(({ evidenced }) => !evidenced)
        .map(unknownOf)
    },
    wayTo,
  }
}

function eventsOf(failures: readonly ComponentFailure[]): readonly BasicEvent[] {
  const events = new Set<BasicEvent>()
  for (const { common, replicas } of failures) {
    for (const event of common) events.add(event)
    for (const replica of replicas) for (const event of replica) events.add(event)
  }
  return [...events]
}

function entriesById(graph: Graph): ReadonlyMap<string, Entry> {
  return new Map(entriesOf(graph).map((entry) => [entry.id, entry]))
}

function unknownOf({ kind, subject }: BasicEvent): string {
  return kind === 'host'
    ? `on which hosts the replicas of ${subject} lie`
    : `how many replicas of ${subject} run`
}
