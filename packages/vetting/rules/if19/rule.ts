import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'

export const if19: Rule = {
  id: 'IF19',
  title: 'Cryptography of one’s own',
  severity: 'high',
  why:
    'Cryptography that only its authors looked at is broken by the first who do (CWE-1240; CWE-327; OWASP Cryptographic Storage ' +
    'Cheat Sheet).',
  fix: 'Use a vetted library, at the highest level that it offers.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(graph.architecture.components, {
    fact: ({ traits }) => traits?.['own-cryptography'],
    bad: (own) => own,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'has' : 'have'} cryptography of ${count === 1 ? 'its' : 'their'} own.`,
      fix: (names) =>
        `replace it in ${names} by a vetted library (TLS, libsodium, the platform’s key service)`,
    }),
  }
}
