import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const if15: Rule = {
  id: 'IF15',
  title: 'Logins without a limit',
  severity: 'medium',
  why:
    'Without a limit, passwords are tried until one fits: lists of leaked ones first (CWE-307; OWASP API Security Top 10 2023, ' +
    'API2; NIST SP 800-63B, section 5.2.2).',
  fix: 'Bound attempts per account and per address, and slow them down.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const logins = graph.architecture.components.filter(
    ({ kind, traits }) =>
      traits?.login?.value === true || (kind.value === 'identity-provider' && traits?.login?.value !== false),
  )
  const limited = graph.architecture.components.some(({ traits }) => traits?.['login-limit']?.value === true)
  const { cases, unknown } = weigh(logins, {
    fact: ({ traits }) => traits?.['login-limit'],
    bad: (bounded) => !bounded && !limited,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} any number of attempts to log in.`,
      fix: (names) => `bound attempts at ${names} per account and per address`,
    }),
    unknowns: notEvidenced(
      graph,
      limited ? [] : unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'bounds' : 'bound'} attempts to log in`,
    ),
  }
}
