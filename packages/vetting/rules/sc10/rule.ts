import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const sc10: Rule = {
  id: 'SC10',
  title: 'Admission that refuses nothing',
  severity: 'medium',
  why:
    'A policy that only reports, or that lets everything through while it does not answer, is a wall in the plan alone: who gets a workload to ' +
    'the cluster passes it, or waits for its pause (CWE-636, not failing securely; NIST SP 800-190, section 4.1.5; Kubernetes, ' +
    'Admission Webhook Good Practices).',
  fix: 'Let admission refuse: failurePolicy Fail, with replicas enough to answer; an action that denies.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap((object) => {
    const { id, kind, enforced } = object
    return enforced?.value === false ? [{ id, note: lack(kind), evidence: enforced.evidence }] : []
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `What these refuse gets in all the same: ${names}.`,
      fix: (names) =>
        `let ${names} deny: failurePolicy: Fail, validationActions: [Deny], or failureAction: Enforce`,
    }),
  }
}

function lack(kind: ConfigurationObject['kind']): string {
  return kind.endsWith('WebhookConfiguration') ? 'passes while it does not answer' : 'only reports'
}
