import type { Architecture } from '@plimsoll/architecture'
import type { Finding, PathStep } from '../finding.ts'

/** One step, and whether the next one is reached from it; places side by side are not. */
export interface WayStep extends PathStep {
  readonly leadsOn: boolean
}

type Told = Pick<Finding, 'path' | 'members'>

/**
 * Tells ways from lists of places. A path is a way where a call joins each step with the next, in either direction; its first step may
 * stand outside of the architecture, such as `anyone`. The places of one habit are a list, even where some of them call each other.
 */
export function wayReader({
  calls,
  operations,
  components,
}: Pick<Architecture, 'calls' | 'operations' | 'components'>): (finding: Told) => readonly WayStep[] {
  const owners = new Map([
    ...operations.map(({ id, component }) => [id, component] as const),
    ...components.map(({ id }) => [id, id] as const),
  ])
  const ownerOf = (id: string) => owners.get(id) ?? id
  const joined = new Set<string>()
  for (const { from, to, through } of calls) {
    const stops = [from, ...(through === undefined ? [] : [through.value]), to].map(ownerOf)
    for (const [at, stop] of stops.entries()) {
      const next = stops[at + 1]
      if (next !== undefined) joined.add(JSON.stringify([stop, next])).add(JSON.stringify([next, stop]))
    }
  }
  const leadsOn = (step: PathStep, next: PathStep, at: number) => {
    if (step.id === next.id) return false
    const [here, there] = [ownerOf(step.id), ownerOf(next.id)]
    const fromOutside = at === 0 && !owners.has(step.id)
    return fromOutside || here === there || joined.has(JSON.stringify([here, there]))
  }
  return ({ path, members = [] }) => {
    const pairs = path.slice(0, -1).map((step, at) => leadsOn(step, path[at + 1] ?? step, at))
    const places = new Set(members.map((member) => member.split(': ')[0]))
    const isList =
      members.length > 1 && path.every(({ id }, at) => places.has(id) || (at === 0 && !owners.has(id)))
    const isWay = !isList && pairs.every(Boolean)
    return path.map((step, at) => ({ ...step, leadsOn: isWay && at < path.length - 1 }))
  }
}
