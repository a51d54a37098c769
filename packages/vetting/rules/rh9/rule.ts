import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const rh9: Rule = {
  id: 'RH9',
  title: 'Refers to something that is not there',
  severity: 'medium',
  why:
    'A route, service or reference that leads to nothing is accepted in silence, and found out by whoever needs it (OWASP API ' +
    'Security Top 10 2023, API8; Kubernetes documentation, labels and selectors).',
  fix: 'Correct the name or the selector, or take the object away.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? [])
    .filter(({ kind }) => !kind.endsWith('Policy'))
    .flatMap(({ id, dangling }) =>
      (dangling?.value ?? []).map((reference) => ({
        id,
        note: reference,
        detail: reference,
        evidence: dangling?.evidence ?? {},
      })),
    )
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'refers' : 'refer'} to what is in no file that was read.`,
      fix: (names) => `correct the reference in ${names}, add what it names to the files, or take it away`,
    }),
  }
}
