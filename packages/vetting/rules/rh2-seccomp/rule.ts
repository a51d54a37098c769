import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, type Telling } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh2Seccomp: Rule = {
  id: 'RH2-seccomp',
  title: 'System calls are not filtered',
  severity: 'low',
  why:
    'A filter of system calls closes most ways from a container into the kernel of its host (CIS Docker Benchmark 5.22; Kubernetes ' +
    'Pod Security Standards, restricted; NIST SP 800-190, section 4.4.3).',
  fix: 'Use the runtime’s default filter.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.seccomp,
    bad: (filtered) => !filtered,
  })
  // Switching the filter off is a decision; leaving out a line is not.
  const [switchedOff, leftOut] = [
    cases.filter(({ evidence }) => evidence.how !== 'inferred'),
    cases.filter(({ evidence }) => evidence.how === 'inferred'),
  ]
  return {
    weaknesses: [
      ...together(graph, switchedOff, { ...telling, severity: 'medium', identity: ['switched off'] }),
      ...together(graph, leftOut, telling),
    ],
    unknowns: notEvidenced(graph, unknown, (names) => `whether system calls of ${names} are filtered`),
  }
}

const telling: Telling = {
  message: (names) => `${names} may make every system call.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `take seccomp:unconfined out of security_opt of ${names}`,
      kubernetes: `set securityContext.seccompProfile.type: RuntimeDefault for ${names}`,
      other: `start ${names} with the runtime’s default filter`,
    }),
}
