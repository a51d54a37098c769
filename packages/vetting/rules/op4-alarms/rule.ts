import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { workloads } from '../kinds.ts'

export const op4Alarms: Rule = {
  id: 'OP4-alarms',
  title: 'Nobody is told',
  severity: 'low',
  why:
    'A measurement that nobody looks at when it matters is none (Beyer et al., Site Reliability Engineering, chapter 6; NIST SP ' +
    '800-61).',
  fix: 'Tell a person when objectives are in danger.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(workloads(graph), {
    fact: ({ traits }) => traits?.alarms,
    bad: (alarms) => !alarms,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `Nobody is told when ${names} ${count === 1 ? 'fails' : 'fail'}.`,
      fix: (names) => `write an alarm on the objective of ${names}, with a runbook`,
    }),
  }
}
