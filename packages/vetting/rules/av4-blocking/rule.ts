import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { allowances } from '../disruption.ts'

export const av4Blocking: Rule = {
  id: 'AV4-blocking',
  title: 'Disruption budget that allows none',
  severity: 'medium',
  why:
    'A budget that lets no replica go blocks every drain: nodes cannot be updated, until somebody forces it and takes the service away ' +
    '(Kubernetes documentation, disruptions; kube-score, pod disruption budget).',
  fix: 'Let one replica go, and run one more than have to stay.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(allowances)
    .filter(({ away }) => away === 0)
    .map(({ component: { id }, replicas, written, budget }) => ({
      id,
      note: `${written} of ${replicas}`,
      evidence: budget.evidence,
    }))
  return {
    weaknesses: together(graph, cases, {
      message: (names) =>
        `The disruption budget lets no replica go, so that no node below can be drained: ${names}.`,
      fix: (names) => `set maxUnavailable: 1 in the budget, and at least two replicas, for ${names}`,
    }),
  }
}
