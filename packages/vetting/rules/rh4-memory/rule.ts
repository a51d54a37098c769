import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh4Memory: Rule = {
  id: 'RH4-memory',
  title: 'No limit on memory',
  severity: 'medium',
  why:
    'A component that leaks, or is made to, takes the memory of all others on its machine; then the kernel chooses who is killed ' +
    '(CWE-770; CIS Docker Benchmark 5.11; NIST SP 800-190, section 4.4).',
  fix: 'Give each component a limit above what it is measured to need.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.memoryLimit,
    bad: (limit) => limit === false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nothing limits the memory of ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write deploy.resources.limits.memory for ${names}`,
          kubernetes: `set resources.limits.memory for ${names}`,
          other: `limit the memory of ${names}`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `how much memory ${names} may take`),
  }
}
