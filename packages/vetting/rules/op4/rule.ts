import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { watched } from '../kinds.ts'

export const op4: Rule = {
  id: 'OP4',
  title: 'Nobody measures it',
  severity: 'low',
  why:
    'Without measurements a slow or failing part is noticed by its users first (Beyer et al., Site Reliability Engineering, chapter ' +
    '6).',
  fix: 'Measure rate, errors and time of its calls, and show them beside the others’.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(watched(graph), {
    fact: ({ traits }) => traits?.metrics,
    bad: (measured) => !measured,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nobody measures ${names}.`,
      fix: (names) => `measure rate, errors and time of the calls of ${names}`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whether anybody measures ${names}`),
  }
}
