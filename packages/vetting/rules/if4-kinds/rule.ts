import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { entrances } from '../kinds.ts'

export const if4Kinds: Rule = {
  id: 'IF4-kinds',
  title: 'Several kinds of entry',
  severity: 'low',
  why:
    'Two kinds of gateway mean two sets of rules for credentials, limits and logs, and changes that reach one of them (NIST SP ' +
    '800-204, section 4.5; Newman, Building Microservices, chapter 11).',
  fix: 'Let all consumers in through one kind of gateway.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const gateways = entrances(graph).filter(({ kind }) => kind.value === 'gateway')
  const { cases } = weigh(gateways, { fact: ({ technology }) => technology, bad: (technology) => technology })
  const kinds = new Set(cases.map(({ note }) => note?.toLowerCase()))
  if (kinds.size <= 1) return { weaknesses: [] }
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Calls come in through gateways of ${kinds.size} kinds: ${names}.`,
      fix: (names) => `choose one of ${names}, and let it take the routes of the others`,
    }),
  }
}
