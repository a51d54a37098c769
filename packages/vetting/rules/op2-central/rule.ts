import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { servants } from '../kinds.ts'

export const op2Central: Rule = {
  id: 'OP2-central',
  title: 'Logs stay where they are written',
  severity: 'low',
  why:
    'A log that lies beside its process goes with it: the intruder deletes it, the platform throws it away, and nobody can follow a ' +
    'request through several (CWE-778; OWASP Logging Cheat Sheet; NIST SP 800-92, section 3).',
  fix: 'Send logs to one place that their writers cannot change.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const services = servants(graph)
  const { cases, unknown } = weigh(services, {
    fact: ({ traits }) => traits?.['central-log'],
    bad: (sent, { traits }) => !sent && traits?.['local-log']?.value === true,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `The ${count === 1 ? 'log' : 'logs'} of ${names} ${count === 1 ? 'stays' : 'stay'} where ${count === 1 ? 'it is' : 'they are'} written.`,
      fix: (names) => `let an agent of the platform collect the logs of ${names} in one place`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `where the logs of ${names} go, and who watches them`),
  }
}
