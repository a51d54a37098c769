import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { listed } from '../path.ts'

export const rh7Anyone: Rule = {
  id: 'RH7-anyone',
  title: 'Rights on the platform for anybody',
  severity: 'critical',
  why:
    'The groups of anonymous and of all authenticated callers hold everybody who reaches the platform’s API: a right for them is a ' +
    'right for the internet (CIS Kubernetes Benchmark 3.1 and 5.1.1; MITRE ATT&CK T1078.001).',
  fix: 'Bind the role to named accounts.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const everybody = new Set([
  'system:anonymous',
  'system:unauthenticated',
  'system:authenticated',
  'system:serviceaccounts',
])

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap((object) => casesOf(object))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `A role is bound to everybody: ${names}.`,
      fix: (_, { detail = 'the binding' }) => `bind ${detail} to the accounts that need it`,
    }),
  }
}

function casesOf({ id, grants, evidence }: ConfigurationObject): readonly Case[] {
  return (grants?.value ?? [])
    .filter(({ holder }) => everybody.has(holder.split(' ').at(-1) ?? ''))
    .map(({ holder, verbs, resources }) => ({
      id: holder,
      note: `${listed(verbs)} ${listed(resources)}`,
      detail: id,
      evidence: grants?.evidence ?? evidence,
    }))
}
