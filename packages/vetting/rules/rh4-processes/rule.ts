import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { hardened } from '../kinds.ts'

export const rh4Processes: Rule = {
  id: 'RH4-processes',
  title: 'No limit on processes',
  severity: 'low',
  why: 'A fork bomb in one container stops the whole machine, because process numbers are shared (CWE-770; CIS Docker Benchmark 5.29).',
  fix: 'Limit the processes of each component.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(hardened(graph), {
    fact: ({ hardening }) => hardening?.processLimit,
    bad: (limit) => limit === false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nothing limits how many processes ${names} can start.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write pids_limit: 200 for ${names}`,
          kubernetes: `set podPidsLimit of the nodes that run ${names}`,
          other: `limit the processes of ${names}`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `how many processes ${names} can start`),
  }
}
