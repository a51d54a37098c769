import {
  returnedArrivals,
  sentArrivals,
  type Analysis,
  type Arrival,
  type Component,
  type Earlier,
  type Graph,
  type Returned,
} from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced } from '../cases.ts'
import { rankOf } from '../kinds.ts'
import { listed, stepsOf, answerSteps } from '../path.ts'

export const if10: Rule = {
  id: 'IF10',
  title: 'Classified data arrives where it may not be',
  severity: 'high',
  why:
    'Data is worth protecting wherever it goes. A part that passes on what it was given carries it to places that were never ' +
    'cleared for it, and nobody sees it in the part itself (CWE-200, CWE-212; OWASP API Security Top 10 2023, API3; GDPR, article ' +
    '25).',
  fix: 'Leave the classified field out where it begins, close the output that passes anything on, or clear the receiver for the class.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** An arrival above what its place may receive. */
interface Breach {
  readonly arrival: Arrival
  readonly component: Component
  readonly allowed: string
}

/** What is wrong about some arrivals, and the places of which nobody says what may be there. */
interface Found {
  readonly weaknesses: readonly Weakness[]
  readonly uncleared: readonly string[]
}

function check(graph: Graph): RuleResult {
  const { zones } = graph.architecture
  const all = graph.once(found)
  return {
    weaknesses: all.flatMap(({ weaknesses }) => weaknesses),
    unknowns:
      zones.length === 0
        ? []
        : notEvidenced(
            graph,
            all.flatMap(({ uncleared }) => uncleared),
            (names, count) =>
              `what data may be at ${names}: ${count === 1 ? 'it is' : 'they are'} in no zone with a clearance`,
          ),
  }
}

/** By origin of what is returned, and one for all that is sent. */
const found: Analysis<readonly Found[]> = Object.assign((graph: Graph) => foundIn(graph, new Map()), {
  revise: (previous: readonly Found[], graph: Graph, earlier: Earlier) => {
    const { dataClasses, zones } = earlier.graph.architecture
    const { architecture } = graph
    const isSameSetting = architecture.dataClasses === dataClasses && architecture.zones === zones
    const origins = isSameSetting ? earlier.graph.once(returnedArrivals) : []
    return foundIn(graph, new Map(origins.map((returned, at) => [returned, previous[at]])))
  },
})

function foundIn(graph: Graph, known: ReadonlyMap<Returned, Found | undefined>): readonly Found[] {
  const clearances = new Map(graph.architecture.zones.map(({ id, clearance }) => [id, clearance?.value]))
  return [
    ...graph
      .once(returnedArrivals)
      .map((returned) => known.get(returned) ?? foundAmong(returned.arrivals, clearances, graph)),
    foundAmong(graph.once(sentArrivals).flat(), clearances, graph),
  ]
}

function foundAmong(
  arrivals: readonly Arrival[],
  clearances: ReadonlyMap<string, string | undefined>,
  graph: Graph,
): Found {
  const breaches: Breach[] = []
  const uncleared = new Set<string>()
  for (const arrival of arrivals) {
    const component = graph.component(arrival.component)
    if (component === undefined) continue
    const { receives, zone } = component
    const allowed = receives?.value ?? clearances.get(zone?.value ?? '')
    if (allowed === undefined) uncleared.add(component.id)
    else if (rankOf(graph, arrival.dataClass) > rankOf(graph, allowed))
      breaches.push({ arrival, component, allowed })
  }
  const byOrigin = Map.groupBy(
    breaches,
    ({ arrival }) => `${arrival.origin} ${arrival.dataClass} ${arrival.direction}`,
  )
  return { weaknesses: [...byOrigin.values()].map(weakness), uncleared: [...uncleared] }
}

/** What begins at one place is one finding, however many places it reaches; the path goes to the worst. */
function weakness(breaches: readonly Breach[]): Weakness {
  const worst = breaches.reduce((best, breach) => (isWorse(breach, best) ? breach : best))
  const { arrival, component, allowed } = worst
  const { dataClass, origin, way, direction } = arrival
  const places = [...new Set(breaches.map(({ component: { id } }) => id))].toSorted()
  return {
    subject: direction === 'returned' ? origin : (way[0]?.to ?? origin),
    message: `Data of class ${dataClass} from ${origin} arrives at ${component.id}, which may have at most ${allowed}.${alsoAt(places.filter((id) => id !== component.id))}`,
    path:
      direction === 'returned'
        ? answerSteps(way, origin, dataClass)
        : stepsOf(way, () => `is sent ${dataClass}`),
    evidence: [
      way[0]?.evidence ?? component.evidence,
      (component.receives ?? component.zone)?.evidence ?? component.evidence,
    ],
    fix: fixOf(arrival, component),
    identity: [dataClass, direction, origin],
    members: places.map((place) => `${dataClass} ${direction} from ${origin} at ${place}`),
  }
}

function alsoAt(others: readonly string[]): string {
  if (others.length === 0) return ''
  return ` It is also at ${listed(others)}, which ${others.length === 1 ? 'is' : 'are'} not cleared for it.`
}

/** To a client is worse than to an external, and that is worse than inside; then the longer way, which is harder to see. */
function isWorse(breach: Breach, best: Breach): boolean {
  const [kind, bestKind] = [gravity(breach), gravity(best)]
  if (kind !== bestKind) return kind > bestKind
  const [length, longest] = [breach.arrival.way.length, best.arrival.way.length]
  return length === longest ? breach.component.id < best.component.id : length > longest
}

function gravity({ component: { kind } }: Breach): number {
  return kind.value === 'client' ? 2 : kind.value === 'external' ? 1 : 0
}

function fixOf({ dataClass, origin, way, direction }: Arrival, component: Component): string {
  if (direction === 'sent') return `do not send ${dataClass} to ${component.id}, or clear it for ${dataClass}`
  const passer = way[0]?.from
  const closing =
    way.length > 1 && passer !== undefined ? `, or name the fields that ${passer} passes on` : ''
  return `leave ${dataClass} out of what ${origin} returns${closing}`
}
