import { graphOf, type Graph } from '../../graph.ts'
import type { Architecture } from '../../model.ts'
import { entriesOf } from '../entries.ts'
import { amplificationChanges, type AmplificationChanges } from './amplification.ts'
import { availabilityChanges, type AvailabilityChanges } from './availability.ts'
import { reachedOnlyIn, type ReachChanges } from './reach.ts'
import { unionOf } from './union.ts'

/** What a change of the architecture does to the whole. */
export interface Difference {
  readonly entries: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Of every kind of caller: who comes from outside, and each component with the identity that it has. */
  readonly reach: { readonly gained: ReachChanges; readonly lost: ReachChanges }
  /** Entries that were there before and are there after, where needs or availability differ. */
  readonly availability: AvailabilityChanges
  /** By entry and what it calls, directly or through others. */
  readonly amplification: AmplificationChanges
}

export interface DifferenceOptions {
  /** Callers that are named for each target; all are counted. Default 20. */
  readonly mostCallers?: number
  /** Entries whose availability and amplification is worked out. Default 200. */
  readonly mostEntries?: number
  /** Edges that are looked at to find who reaches what, in each direction. Default 40 million. */
  readonly mostWork?: number
}

/** The difference between two graphs: who can now reach what, what now fails together, what now multiplies. */
export function difference(before: Graph, after: Graph, options: DifferenceOptions = {}): Difference {
  const { mostCallers = 20, mostEntries = 200, mostWork = 40_000_000 } = options
  const was = before.once(entriesOf).map(({ id }) => id)
  const is = after.once(entriesOf).map(({ id }) => id)
  const [then, now] = [new Set(was), new Set(is)]
  const union = unionOf(before, after)
  const earlier = { graph: before, side: union.before }
  const later = { graph: after, side: union.after }
  const reach = { union, limits: { callers: mostCallers, work: mostWork } }
  return {
    entries: { added: is.filter((id) => !then.has(id)), removed: was.filter((id) => !now.has(id)) },
    reach: {
      gained: reachedOnlyIn(later, earlier, reach),
      lost: reachedOnlyIn(earlier, later, reach),
    },
    availability: availabilityChanges(before, after, {
      entries: was.filter((id) => now.has(id)),
      most: mostEntries,
    }),
    amplification: amplificationChanges(earlier, later, { union, most: mostEntries }),
  }
}

/** The same for two architectures. */
export function differenceOf(
  before: Architecture,
  after: Architecture,
  options: DifferenceOptions = {},
): Difference {
  return difference(graphOf(before), graphOf(after), options)
}
