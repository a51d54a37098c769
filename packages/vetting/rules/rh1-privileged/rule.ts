import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh1Privileged: Rule = {
  id: 'RH1-privileged',
  title: 'Privileged container',
  severity: 'critical',
  why:
    'A privileged container has every capability and every device of its host: whoever takes it over has the machine (CWE-250; CIS ' +
    'Docker Benchmark 5.5; Kubernetes Pod Security Standards, baseline).',
  fix: 'Take the privilege away, and add the one capability or device that is needed.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.privileged,
    bad: (privileged) => privileged,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'runs' : 'run'} privileged: whoever takes ${count === 1 ? 'it' : 'one of them'} over has the machine.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take privileged: true of ${names} away; cap_add or devices give the one thing that is needed`,
          kubernetes: `set securityContext.privileged: false for ${names}`,
          other: `run ${names} without privileges of the host`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'runs' : 'run'} privileged`,
    ),
  }
}
