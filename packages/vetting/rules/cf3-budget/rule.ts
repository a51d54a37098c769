import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'

export const cf3Budget: Rule = {
  id: 'CF3-budget',
  title: 'Retries without a budget',
  severity: 'medium',
  why:
    'When everything fails, every call is tried again: the load on what is ill multiplies. A budget, such as retries for at most a tenth of ' +
    'the calls, keeps the help and takes the harm (Beyer et al., Site Reliability Engineering, chapter 21: per-client retry budget).',
  fix: 'Bound retries to a part of the calls, over all of them.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Twice is little enough to bear; the budget matters where attempts are more. */
const manyAttempts = 3

function check(graph: Graph): RuleResult {
  const retried = graph.architecture.calls.filter(({ attempts }) => (attempts?.value ?? 1) >= manyAttempts)
  const { cases } = weigh<Call, boolean>(retried, {
    fact: ({ retryBudget }) => retryBudget,
    bad: (has) => !has,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `When the callee fails, the load on it multiplies, without a bound: ${names}.`,
      fix: (names) => `bound the retries of ${names} to a tenth of the calls, or to two attempts`,
    }),
  }
}
