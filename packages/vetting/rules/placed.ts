import type { Component, Graph } from '@plimsoll/architecture'
import type { Case } from './cases.ts'
import { entriesOfNeed, needs, stepsOfNeed } from './needs.ts'
import type { Weakness } from '../finding.ts'
import { listed } from './path.ts'
import { replicated } from './replicas.ts'

/** Components of which all replicas lie in one place, by the place. `placeOf` gives the place of a host. */
export function inOnePlace(
  graph: Graph,
  placeOf: (host: string) => string | undefined,
): ReadonlyMap<string, readonly Component[]> {
  const found = new Map<string, Component[]>()
  for (const component of graph.once(replicated)) {
    const places = new Set(component.hosts?.value.map(placeOf))
    const [place] = places
    if (place === undefined || places.size > 1) continue
    const others = found.get(place) ?? []
    others.push(component)
    found.set(place, others)
  }
  return found
}

/** One place is one finding, whatever lies there. */
export function fallingTogether(
  graph: Graph,
  place: string,
  components: readonly Component[],
): Omit<Weakness, 'fix'> {
  const needed = components.find(({ id }) => needs(graph).has(id))
  const need = needs(graph).get(needed?.id ?? '')
  const ids = components.map(({ id }) => id).toSorted()
  const effect =
    need === undefined ? '' : `, and with ${ids.length === 1 ? 'it' : 'them'} ${entriesOfNeed(need)}`
  const cases = components.map((component): Case => ({ id: component.id, evidence: evidenceOf(component) }))
  return {
    subject: place,
    message: `All replicas of ${listed(ids, 6)} lie in ${place}: it takes them all down${effect}.`,
    path: [
      ...(needed === undefined ? [] : stepsOfNeed(needed.id, need)),
      ...cases.slice(0, 6).map(({ id, evidence }) => ({ id, note: `all replicas in ${place}`, evidence })),
    ],
    evidence: cases.map(({ evidence }) => evidence),
    members: ids.map((id) => `${id} in ${place}`),
    ...(need === undefined ? { severity: 'medium' as const } : {}),
  }
}

function evidenceOf({ hosts, evidence }: Component) {
  return hosts?.evidence ?? evidence
}
