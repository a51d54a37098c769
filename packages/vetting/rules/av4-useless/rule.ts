import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { allowances } from '../disruption.ts'

export const av4Useless: Rule = {
  id: 'AV4-useless',
  title: 'Disruption budget that protects nothing',
  severity: 'medium',
  why:
    'A budget that lets all replicas go at once looks like protection and is none (Kubernetes documentation, specifying a disruption ' +
    'budget; kube-score, pod disruption budget).',
  fix: 'Let fewer replicas go than there are.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(allowances)
    .filter(({ away, replicas }) => replicas > 0 && away >= replicas)
    .map(({ component: { id }, replicas, written, budget }) => ({
      id,
      note: `${written} of ${replicas}`,
      evidence: budget.evidence,
    }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `The disruption budget lets all replicas go at once: ${names}.`,
      fix: (names) => `set maxUnavailable: 1 in the budget of ${names}`,
    }),
  }
}
