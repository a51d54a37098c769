import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { internalCalls } from '../kinds.ts'
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
  const pairs = new Map<string, { forth: Call[]; back: Call[] }>()
  for (const call of graph.once(internalCalls)) {
    const [from, to] = [graph.ownerOf(call.from), graph.ownerOf(call.to)]
    if (from?.kind.value !== 'service' || to?.kind.value !== 'service' || !isWaited(call)) continue
    const [first, second] = [from.id, to.id].toSorted()
    const key = `${first ?? ''} ${second ?? ''}`
    const pair = pairs.get(key) ?? { forth: [], back: [] }
    pair[from.id === first ? 'forth' : 'back'].push(call)
    pairs.set(key, pair)
  }
  return { weaknesses: [...pairs.values()].flatMap(({ forth, back }) => weaknesses(forth, back, graph)) }
}

function weaknesses(forth: readonly Call[], back: readonly Call[], graph: Graph): readonly Weakness[] {
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
