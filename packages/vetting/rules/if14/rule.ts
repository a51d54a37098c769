import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const if14: Rule = {
  id: 'IF14',
  title: 'Several places that decide who somebody is',
  severity: 'medium',
  why:
    'Two identity providers mean two lists of people, two rules for passwords, and accounts that live on in one of them (NIST SP ' +
    '800-63C; Newman, Building Microservices, chapter 11).',
  fix: 'Let one of them answer for the others (federation), and take the others out of the way of logins.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const providers = graph.architecture.components.filter(({ kind }) => kind.value === 'identity-provider')
  const kinds = new Set(providers.map(({ id, technology }) => technology?.value.toLowerCase() ?? id))
  const cases = providers.map(({ id, technology, kind }) => ({
    id,
    note: technology?.value,
    evidence: (technology ?? kind).evidence,
  }))
  if (kinds.size <= 1) return { weaknesses: [] }
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `${kinds.size} kinds of identity provider decide who somebody is: ${names}.`,
      fix: (names) => `let one of ${names} answer for the others`,
    }),
  }
}
