import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh1Escalation: Rule = {
  id: 'RH1-escalation',
  title: 'Processes may gain rights',
  severity: 'low',
  why:
    'With setuid programs a process can become root although the container was started as somebody else (CIS Docker Benchmark 5.26; ' +
    'Kubernetes Pod Security Standards, restricted).',
  fix: 'Switch the gain of privileges off; almost no service needs it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.escalation,
    bad: (escalation) => escalation,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Processes in ${names} can gain more rights than they were started with.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write security_opt: ['no-new-privileges:true'] for ${names}`,
          kubernetes: `set securityContext.allowPrivilegeEscalation: false for ${names}`,
          other: `start ${names} with no-new-privileges`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whether processes in ${names} can gain more rights`),
  }
}
