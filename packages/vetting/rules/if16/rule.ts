import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const if16: Rule = {
  id: 'IF16',
  title: 'Anybody may register as a service',
  severity: 'high',
  why:
    'A registry that takes every registration sends callers to whoever wrote themselves in: traffic, tokens and data go there ' +
    '(CWE-287; NIST SP 800-204, section 4.3; CWE-923).',
  fix: 'Authenticate who registers, and let each write its own name alone.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const registries = graph.architecture.components.filter(({ kind }) => kind.value === 'registry')
  const { cases, unknown } = weigh(registries, {
    fact: ({ traits }) => traits?.['validates-registration'],
    bad: (checks) => !checks,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} registrations from whoever reaches ${count === 1 ? 'it' : 'them'}.`,
      fix: (names) => `let ${names} ask for a credential, and accept from each service its own name alone`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `whether ${names} ${count === 1 ? 'checks' : 'check'} who registers`,
    ),
  }
}
