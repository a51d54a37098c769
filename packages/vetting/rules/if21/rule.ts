import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const if21: Rule = {
  id: 'IF21',
  title: 'Administration without a second factor',
  severity: 'medium',
  why:
    'One stolen or guessed password of an administrator is the whole system (CWE-308; NIST SP 800-63B, section 4.2; CISA, ' +
    'Implementing Phishing-Resistant MFA, 2022).',
  fix: 'Ask administrators for a second factor that cannot be phished.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const consoles = graph.architecture.components.filter(
    ({ traits }) => traits?.administration?.value === true,
  )
  const { cases, unknown } = weigh(consoles, {
    fact: ({ traits }) => traits?.['second-factor'],
    bad: (asks) => !asks,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'lets' : 'let'} administrators in with one factor.`,
      fix: (names) => `ask for a second factor at ${names} (WebAuthn), or put a proxy before it that does`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'asks' : 'ask'} administrators for a second factor`,
    ),
  }
}
