import type { ConfigurationObject, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'

export const rh9Policy: Rule = {
  id: 'RH9-policy',
  title: 'Policy that protects nothing',
  severity: 'high',
  why:
    'A policy whose selector matches nothing looks like a wall in every list, and is none (Kubernetes documentation, network ' +
    'policies: pods that no policy selects accept everything; CWE-1220).',
  fix: 'Correct the selector.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const policies = (graph.architecture.objects ?? []).filter(({ kind }) => kind.endsWith('Policy'))
  return {
    weaknesses: [
      ...together(graph, policies.filter(({ targets }) => targets.length === 0).flatMap(casesOf), {
        message: (names, count) =>
          `${names} ${count === 1 ? 'selects' : 'select'} nothing, and so ${count === 1 ? 'protects' : 'protect'} nothing.`,
        fix: (names) => `correct the selector of ${names} to labels that a component has`,
      }),
      ...together(graph, policies.filter(({ targets }) => targets.length > 0).flatMap(casesOf), {
        message: (names, count) => `${names} ${count === 1 ? 'names' : 'name'} a peer that is not there.`,
        fix: (names) => `correct the selector in ${names}, or take it away`,
        severity: 'low',
        identity: ['peer'],
      }),
    ],
  }
}

function casesOf({ id, dangling }: ConfigurationObject): readonly Case[] {
  if (dangling === undefined) return []
  const { value, evidence } = dangling
  return value.map((selector) => ({ id, note: selector, detail: selector, evidence }))
}
