import { neededBy, type Graph, type NeededBy } from '@plimsoll/architecture'
import type { PathStep } from '../finding.ts'
import { listed, stepsOf } from './path.ts'

/** Every component that some entry needs. */
export function needs(graph: Graph): ReadonlyMap<string, NeededBy> {
  return graph.once(neededBy)
}

/** The entries in a sentence: `a, b and 3 more`. */
export function entriesOfNeed({ entries }: NeededBy): string {
  return listed(entries)
}

/** From the first entry to the component. */
export function stepsOfNeed(component: string, need: NeededBy | undefined): readonly PathStep[] {
  const [entry] = need?.entries ?? []
  if (need === undefined || entry === undefined) return [{ id: component }]
  const way = need.wayFrom(entry)
  const steps = way.length === 0 ? [{ id: entry }] : stepsOf(way)
  const last = steps.at(-1)?.id ?? entry
  const onIt = last === component || last.startsWith(`${component}.`)
  return onIt ? steps : [...steps, { id: component, note: 'is needed' }]
}
