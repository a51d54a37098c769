import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { listed } from '../path.ts'
import { sharedByMost } from '../shared.ts'

export const av8Secret: Rule = {
  id: 'AV8-secret',
  title: 'One secret for most services',
  severity: 'medium',
  why:
    'A secret that most services hold leaks with any of them, and cannot be changed without touching all at once: the change is itself an ' +
    'outage, so it is not made (OWASP Secrets Management Cheat Sheet, section 2; NIST SP 800-57 part 1, section 5.3).',
  fix: 'Give each service credentials of its own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const shared = sharedByMost(graph, ({ secrets }) => secrets)
  return {
    weaknesses: shared.map(({ name, holders, evidence }) => {
      const ids = holders.map(({ id }) => id)
      return {
        subject: graph.architecture.name,
        message: `${listed(ids)} are given the same secret ${name}: it can be changed only for all at once, and leaks with any.`,
        path: holders.slice(0, 6).map(({ id }, at) => ({ id, note: name, evidence: evidence[at] })),
        evidence,
        fix: `give ${listed(ids)} a secret each in place of ${name}`,
        identity: [name],
      }
    }),
  }
}
