import type { Graph } from '../../graph.ts'
import { failing, moduleDiagram, type AvailabilityOptions } from './availability.ts'
import { Overgrown } from './diagram.ts'
import type { BasicEvent } from './events.ts'
import { modulesOf, type FailureModule } from './modules.ts'
import { faultTree, type FaultTree } from './tree.ts'

export interface ImportanceOptions extends AvailabilityOptions {
  /** Which end of the events' intervals counts. Default `low`: everything at its worst. */
  readonly at?: 'low' | 'high'
}

/** How much one basic event matters for an entry. */
export interface Importance {
  readonly event: BasicEvent
  /** Derivative of the entry's unavailability by the event's (Birnbaum 1969): what it would gain from a perfect part. */
  readonly birnbaum: number
  /** Probability that a minimal cut set with this event has failed, given that the entry fails (Fussell 1975, Vesely). */
  readonly fussellVesely: number
}

/**
 * Birnbaum's and Fussell and Vesely's measures of every basic event, exact, the most important first; undefined where a
 * diagram grows over its limit.
 */
export function importances(
  graph: Graph,
  entry: string,
  options: ImportanceOptions = {},
): readonly Importance[] | undefined {
  return importancesOf(faultTree(graph, entry), options)
}

/** One independent part of the tree: a single point, or a module. */
interface Part {
  readonly fails: number
  /** For each event: the derivative of the part's failure, and the probability that one of its cut sets has failed. */
  readonly events: readonly {
    readonly event: BasicEvent
    readonly slope: number
    readonly involved: number
  }[]
}

function importancesOf(
  { failures }: FaultTree,
  { at = 'low', nodes = 20_000 }: ImportanceOptions = {},
): readonly Importance[] | undefined {
  const { singles, modules } = modulesOf(failures)
  const ofModules = modules.map((module) => modulePart(module, at, nodes))
  if (ofModules.some((part) => part === undefined)) return undefined
  const parts = [
    ...singles.map((event) => singlePart(event, at)),
    ...ofModules.filter((part) => part !== undefined),
  ]
  const others = productsOfOthers(parts.map(({ fails }) => 1 - fails))
  // Summed, not taken from 1: a small unavailability keeps all its digits.
  const fails = parts.reduce((sum, { fails }) => sum + fails - sum * fails, 0)
  return parts
    .flatMap(({ events }, part) =>
      events.map(({ event, slope, involved }) => ({
        event,
        birnbaum: slope * (others[part] ?? 0),
        fussellVesely: fails === 0 ? 0 : involved / fails,
      })),
    )
    .toSorted((a, b) => b.birnbaum - a.birnbaum || (a.event.id < b.event.id ? -1 : 1))
}

function singlePart(event: BasicEvent, at: 'low' | 'high'): Part {
  const fails = 1 - event.availability[at]
  return { fails, events: [{ event, slope: 1, involved: fails }] }
}

function modulePart(module: FailureModule, at: 'low' | 'high', nodes: number): Part | undefined {
  const built = moduleDiagram(module, nodes)
  if (built === undefined) return undefined
  const { diagram, root } = built
  const fails = failing(module, at)
  try {
    const slopes = diagram.derivatives(root, fails)
    const sets = diagram.minimal(root)
    const events = module.events.map((event, number) => ({
      event,
      slope: slopes[number] ?? 0,
      involved: diagram.probability(diagram.anyWith(sets, number), fails),
    }))
    return { fails: built.probability(fails), events }
  } catch (thrown) {
    if (thrown instanceof Overgrown) return undefined
    throw thrown
  }
}

/** For each factor the product of all others, without dividing: a factor may be zero. */
function productsOfOthers(factors: readonly number[]): readonly number[] {
  const before: number[] = []
  let product = 1
  for (const factor of factors) {
    before.push(product)
    product *= factor
  }
  product = 1
  return before
    .toReversed()
    .map((earlier, back) => {
      const result = earlier * product
      product *= factors[factors.length - 1 - back] ?? 1
      return result
    })
    .toReversed()
}
