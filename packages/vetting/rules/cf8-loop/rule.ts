import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, together } from '../cases.ts'
import { isWaited } from '../waiting.ts'

export const cf8Loop: Rule = {
  id: 'CF8-loop',
  title: 'Many calls of the same for one request',
  severity: 'medium',
  why:
    'A call in a loop turns one request into dozens: the time adds up, and a little more load outside is much more inside (Fowler, Patterns ' +
    'of Enterprise Application Architecture: remote facade; CWE-1073, excessive number of data resource accesses).',
  fix: 'Let the callee answer for many at once, or keep what was asked.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const most = 10

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.calls
    .filter((call) => isWaited(call) && timesOf(call) > most)
    .map((call) => ({
      id: nameOf(call),
      note: `${Math.round(timesOf(call))} for one request`,
      evidence: call.perRequest?.evidence ?? call.evidence,
    }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `One request makes many calls of the same: ${names}.`,
      fix: (names) => `ask for all at once in ${names}`,
    }),
  }
}

function timesOf({ perRequest }: Call): number {
  return perRequest?.value ?? 1
}
