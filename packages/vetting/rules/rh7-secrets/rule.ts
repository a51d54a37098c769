import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'

export const rh7Secrets: Rule = {
  id: 'RH7-secrets',
  title: 'May read all secrets of the platform',
  severity: 'high',
  why:
    'To list or watch secrets is to read every one of them; a role cannot limit it to a name (Kubernetes RBAC good practices, ' +
    'listing secrets; CIS Kubernetes Benchmark 5.1.2; CWE-522).',
  fix: 'Mount the one secret that is needed, or grant `get` with its name.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const reading = new Set(['list', 'watch', 'get', '*'])

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap((object) => casesOf(object))
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Every secret of the platform that its role covers can be read by ${names}.`,
      fix: (names) =>
        `take secrets out of the role of ${names}, or name those that are read in resourceNames`,
    }),
  }
}

function casesOf({ id, grants, evidence }: ConfigurationObject): readonly Case[] {
  return (grants?.value ?? [])
    .filter(
      ({ verbs, resources }) => resources.includes('secrets') && verbs.some((verb) => reading.has(verb)),
    )
    .map(({ holder }) => ({
      id: holder,
      note: `by ${id}`,
      detail: id,
      evidence: grants?.evidence ?? evidence,
    }))
}
