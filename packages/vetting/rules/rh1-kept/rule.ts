import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh1Kept: Rule = {
  id: 'RH1-kept',
  title: 'Capabilities that nobody needs',
  severity: 'low',
  why:
    'A container starts with fourteen capabilities; a service needs none, or one to listen at a low port. What it does not have, an ' +
    'intruder cannot use (CIS Docker Benchmark 5.3; Kubernetes Pod Security Standards, restricted).',
  fix: 'Drop all capabilities and add those that are needed.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.capabilitiesDropped,
    bad: (dropped) => !dropped.some((name) => name.toUpperCase() === 'ALL'),
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'keeps' : 'keep'} capabilities that nobody asked for.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write cap_drop: [ALL] for ${names}`,
          kubernetes: `set securityContext.capabilities.drop: [ALL] for ${names}`,
          other: `start ${names} without capabilities`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `which capabilities ${names} ${count === 1 ? 'keeps' : 'keep'}`,
    ),
  }
}
