import { neededBy, type Call, type Graph, type NeededBy } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed, stepsOf } from '../path.ts'

export const av10: Rule = {
  id: 'AV10',
  title: 'Optional in name only',
  severity: 'medium',
  why:
    'A dependency is declared optional and has a fallback, but the same entry needs the same component on another way: without it there is no ' +
    'answer to fall back in (Nygard, Release It!, chapter 5; Beyer et al., Site Reliability Engineering, chapter 22).',
  fix: 'Make the other way optional too, or stop counting on the fallback.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const optional = graph.architecture.calls.filter(
    ({ required, synchronous }) => required?.value === false && synchronous?.value !== false,
  )
  const byCallee = Map.groupBy(optional, ({ to }) => graph.ownerOf(to)?.id ?? '')
  return {
    weaknesses: [...byCallee].flatMap(([callee, calls]) => weaknesses(callee, calls, graph)),
  }
}

/** One finding for each callee: several optional calls of it are void for the same reason. */
function weaknesses(callee: string, calls: readonly Call[], graph: Graph): readonly Weakness[] {
  const need = graph.once(neededBy).get(callee)
  if (need === undefined || graph.component(callee)?.kind.value === 'client') return []
  const declared = calls.filter(({ from }) => isNeeding(from, need, graph))
  const [first] = declared
  if (first === undefined) return []
  const entry = need.entries.find((id) => need.wayFrom(id).length > 0)
  if (entry === undefined) return []
  const way = need.wayFrom(entry)
  const last = way.at(-1)
  if (last === undefined || !way.every(isDeclared)) return []
  return [
    {
      subject: callee,
      message: `${listed(declared.map(({ from }) => from))} can answer without ${callee}, but ${entry} cannot: ${last.from} needs it.`,
      path: stepsOf(way, (call) => (call === last ? 'is needed after all' : 'is called')),
      evidence: [first.required?.evidence ?? first.evidence, last.required?.evidence ?? last.evidence],
      fix: `let ${last.from} answer without ${last.to} too`,
      identity: declared.map(({ from }) => from).toSorted(),
    },
  ]
}

/** True where an entry that needs it is the caller, or needs the caller. */
function isNeeding(caller: string, need: NeededBy, graph: Graph): boolean {
  if (need.has(caller)) return true
  if (graph.operation(caller) !== undefined) return false
  const own = graph.once(neededBy).get(graph.ownerOf(caller)?.id ?? '')
  return own?.entries.some((id) => need.has(id)) === true
}

/** A need that is only assumed proves nothing against a declared option. */
function isDeclared({ required }: Call): boolean {
  return required?.value === true && required.evidence.how !== 'inferred'
}
