import {
  ofEachComponent,
  type Call,
  type Component,
  type Graph,
  type Neighbourhood,
} from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { isWaited } from '../waiting.ts'

export const so1BothWays: Rule = {
  id: 'SO1-both-ways',
  title: 'Two services that need each other',
  severity: 'low',
  why:
    'Services that call each other were cut through the middle of something: neither can be changed, released or started alone (Newman, ' +
    'Building Microservices, chapter 3: loose coupling, high cohesion; Taibi and Lenarduzzi 2018: wrong cut).',
  fix: 'Join the two, or move what both need to one side or into a third service.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Where single operations wait for each other in a circle, that is CF7's, and worse. */
function check(graph: Graph): RuleResult {
  return { weaknesses: graph.once(found).flat() }
}

/** Of each pair, said of the component whose id comes first. */
const found = ofEachComponent((component, near) => {
  const { id } = component
  const parts = [id, ...near.operationsOf(id).map((operation) => operation.id)]
  const back = between(
    component,
    parts.flatMap((part) => near.callsTo(part)),
    near,
  )
  if (back.size === 0) return undefined
  const forth = between(
    component,
    parts.flatMap((part) => near.callsFrom(part)),
    near,
  )
  const weak = [...forth].flatMap(([other, calls]) => weaknesses(calls, back.get(other) ?? [], near))
  return weak.length === 0 ? undefined : weak
})

/** Calls between a service and those others of which the ids come later, by the other one. */
function between(
  component: Component,
  calls: readonly Call[],
  near: Neighbourhood,
): ReadonlyMap<string, readonly Call[]> {
  if (component.kind.value !== 'service') return new Map()
  const found = new Map<string, Call[]>()
  for (const call of calls) {
    const ends = { caller: near.ownerOf(call.from), callee: near.ownerOf(call.to) }
    const other = ends.caller?.id === component.id ? ends.callee : ends.caller
    if (other?.kind.value !== 'service' || other.id <= component.id || !isWaited(call)) continue
    const known = found.get(other.id)
    if (known === undefined) found.set(other.id, [call])
    else known.push(call)
  }
  for (const own of found.values()) own.sort(byEnds)
  return found
}

function byEnds(a: Call, b: Call): number {
  return compare(a.from, b.from) || compare(a.to, b.to)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function weaknesses(
  forth: readonly Call[],
  back: readonly Call[],
  graph: Neighbourhood,
): readonly Weakness[] {
  const [there] = forth
  const [home] = back
  if (there === undefined || home === undefined || closes(forth, back)) return []
  const [first, second] = [graph.ownerOf(there.from)?.id ?? '', graph.ownerOf(there.to)?.id ?? '']
  const fewer = forth.length < back.length ? there : home
  return [
    {
      subject: first,
      message: `${first} and ${second} call each other: ${forth.length} one way, ${back.length} the other.`,
      path: [
        { id: there.from },
        { id: there.to, note: 'is called', evidence: there.evidence },
        { id: home.from },
        { id: home.to, note: 'is called back', evidence: home.evidence },
      ],
      evidence: [there.evidence, home.evidence],
      fix: `move what ${fewer.from} needs of ${fewer.to} to one side, or hand it along with the call`,
      identity: [second],
    },
  ]
}

/** True where following the calls by their ends comes back: the same ids wait for each other. */
function closes(forth: readonly Call[], back: readonly Call[]): boolean {
  const returns = new Set(back.map(({ from, to }) => `${to} ${from}`))
  return forth.some(({ from, to }) => returns.has(`${from} ${to}`))
}
