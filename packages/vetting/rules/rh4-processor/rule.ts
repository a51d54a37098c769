import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh4Processor: Rule = {
  id: 'RH4-processor',
  title: 'No limit on the processor',
  severity: 'low',
  why:
    'Without a share of its own, one busy or hijacked component slows down everything on its machine (CWE-770; CIS Docker Benchmark ' +
    '5.12).',
  fix: 'Give each component a limit, or at least a request that guarantees the others theirs.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.processorLimit,
    bad: (limit) => limit === false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nothing limits the processor time of ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write deploy.resources.limits.cpus for ${names}`,
          kubernetes: `set resources.limits.cpu for ${names}`,
          other: `limit the processor time of ${names}`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `how much processor time ${names} may take`),
  }
}
