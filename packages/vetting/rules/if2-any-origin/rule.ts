import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'

export const if2AnyOrigin: Rule = {
  id: 'IF2-any-origin',
  title: 'Every web page may call it',
  severity: 'medium',
  why:
    'A service that answers any origin lets every page that a user opens call it from their browser; with credentials, in their ' +
    'name (CWE-942; OWASP API Security Top 10 2023, API8; Fetch standard, section 3.3).',
  fix: 'Name the origins that may call.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(graph.architecture.components, {
    fact: ({ traits }) => traits?.['any-origin'],
    bad: (any) => any,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `${names} ${count === 1 ? 'answers' : 'answer'} pages of every origin.`,
      fix: (names) => `name the allowed origins of ${names} instead of *`,
    }),
  }
}
