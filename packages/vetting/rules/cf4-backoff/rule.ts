import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { ownRetries } from '../retries.ts'

export const cf4Backoff: Rule = {
  id: 'CF4-backoff',
  title: 'Retries without a pause',
  severity: 'medium',
  why:
    'An attempt that follows at once meets the same fault, and adds its load while the callee is at its weakest (Brooker, Exponential Backoff ' +
    'and Jitter, 2015; Beyer et al., Site Reliability Engineering, chapter 22).',
  fix: 'Wait before each further attempt, about twice as long each time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh<Call, boolean>(graph.once(ownRetries), {
    fact: ({ backoff }) => backoff,
    bad: (backoff) => !backoff,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `The next attempt follows at once: ${names}.`,
      fix: (names) => `let ${names} wait before each further attempt, twice as long each time`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether there is a pause between the attempts of ${names}`,
    ),
  }
}
