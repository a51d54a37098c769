import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const so7Network: Rule = {
  id: 'SO7-network',
  title: 'Network that nobody is attached to',
  severity: 'low',
  why: 'A segment that is drawn and not used looks like a wall that is not there (CIS Docker Benchmark 5.30; CWE-1164, irrelevant code).',
  fix: 'Attach what belongs into it, or take it away.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { components, networks = [] } = graph.architecture
  const used = new Set(components.flatMap(({ networks: own }) => own?.value ?? []))
  const cases = networks
    .filter(({ id, internal }) => !used.has(id) && (internal !== undefined || networks.length > 1))
    .map(({ id, evidence }) => ({ id, evidence }))
  return {
    weaknesses: together(graph, used.size === 0 ? [] : cases, {
      message: (names) => `No component is attached to the network ${names}.`,
      fix: (names) => `attach what belongs into ${names}, or take it away`,
    }),
  }
}
