import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { listed } from '../path.ts'
import { sharedByMost } from '../shared.ts'

export const av8Certificate: Rule = {
  id: 'AV8-certificate',
  title: 'One certificate for most services',
  severity: 'medium',
  why:
    'Services with the same certificate fail together on the day that it expires or is revoked, however independent they look otherwise ' +
    '(NIST SP 1800-16, TLS server certificate management; Beyer et al., Site Reliability Engineering, chapter 3).',
  fix: 'Give each service a short-lived certificate of its own, renewed by a machine.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const shared = sharedByMost(graph, ({ certificates }) => certificates)
  return {
    weaknesses: shared.map(({ name, holders, evidence }) => {
      const ids = holders.map(({ id }) => id)
      return {
        subject: graph.architecture.name,
        message: `${listed(ids)} have the certificate ${name}: when it expires they fail together.`,
        path: holders.slice(0, 6).map(({ id }, at) => ({ id, note: name, evidence: evidence[at] })),
        evidence,
        fix: `give ${listed(ids)} a certificate each, renewed by a machine at different times`,
        identity: [name],
      }
    }),
  }
}
