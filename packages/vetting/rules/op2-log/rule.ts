import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { servants } from '../kinds.ts'

export const op2Log: Rule = {
  id: 'OP2-log',
  title: 'Keeps no record',
  severity: 'low',
  why: 'What leaves no record cannot be examined after an incident, or proven (CWE-778; OWASP Top 10 2021, A09; NIST SP 800-92).',
  fix: 'Log what is decided and what fails, with the caller and the request.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const services = servants(graph)
  const { cases } = weigh(services, {
    fact: ({ traits }) => traits?.['local-log'],
    bad: (logs, { traits }) => !logs && traits?.['central-log']?.value !== true,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'keeps' : 'keep'} no record of what ${count === 1 ? 'it does' : 'they do'}.`,
      fix: (names) => `let ${names} log decisions and failures, with the caller and the request`,
    }),
  }
}
