import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'
import { inFormat } from '../format.ts'
import { ofCallOrCaller, ownWaits } from '../waiting.ts'

export const cf6: Rule = {
  id: 'CF6',
  title: 'No bulkhead',
  severity: 'medium',
  why:
    'Calls that wait for one slow callee take all threads and connections, and what has nothing to do with it stops too (Nygard, Release It!, ' +
    'chapter 5: bulkheads; CWE-400).',
  fix: 'Bound the calls that may wait for one callee at a time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A caller of one callee alone has nothing to keep apart. */
function check(graph: Graph): RuleResult {
  const waits = graph.once(ownWaits)
  const callees = new Map<string, Set<string>>()
  for (const { from, to } of waits) {
    const caller = graph.ownerOf(from)?.id ?? from
    callees.set(caller, (callees.get(caller) ?? new Set()).add(graph.ownerOf(to)?.id ?? to))
  }
  const several = waits.filter(({ from }) => (callees.get(graph.ownerOf(from)?.id ?? from)?.size ?? 0) > 1)
  const { cases } = weigh(several, {
    fact: (call) => ofCallOrCaller(graph, call, call.bulkhead, 'bulkhead'),
    bad: (kept) => !kept,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Calls that wait for one callee can take the places of all others: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `set connectionPool limits in the DestinationRule of ${names}`,
          other: `bound how many calls of ${names} may wait at a time`,
        }),
    }),
  }
}
