import { ofEachComponent, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weighCalls } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isOwnWait, ofCallOrCaller } from '../waiting.ts'

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

const notKept = weighCalls({
  of: isOwnWait,
  fact: ({ bulkhead }, { caller }) => ofCallOrCaller(caller, bulkhead, 'bulkhead'),
  bad: (kept) => !kept,
})

/** Components that wait for several others. A caller of one callee alone has nothing to keep apart. */
const waitingForSeveral = ofEachComponent(({ id }, near) => {
  const callees = new Set<string>()
  for (const part of [id, ...near.operationsOf(id).map((operation) => operation.id)]) {
    for (const call of near.callsFrom(part)) {
      const ends = { architecture: near.architecture, operation: undefined }
      const [caller, callee] = [near.ownerOf(call.from), near.ownerOf(call.to)]
      if (isOwnWait(call, { ...ends, caller, callee })) callees.add(callee?.id ?? call.to)
    }
  }
  return callees.size > 1 ? id : undefined
})

function check(graph: Graph): RuleResult {
  const found = graph.once(notKept).cases
  if (found.length === 0) return { weaknesses: [] }
  const several = new Set(graph.once(waitingForSeveral))
  const cases = found.filter(({ id }) => several.has(graph.ownerOf(id.split(' -> ')[0] ?? '')?.id ?? ''))
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
