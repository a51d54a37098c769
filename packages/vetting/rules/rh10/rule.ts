import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'

export const rh10: Rule = {
  id: 'RH10',
  title: 'Written for a version of the platform that ends',
  severity: 'medium',
  why:
    'Objects of a removed API version are not applied: the next cluster runs without that policy, role or limit (Kubernetes ' +
    'deprecated API migration guide; CWE-477).',
  fix: 'Write it for the version that replaces it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = (graph.architecture.objects ?? []).flatMap(({ id, deprecated }) =>
    deprecated === undefined ? [] : [{ id, note: deprecated.value, evidence: deprecated.evidence }],
  )
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} written for an API version that is deprecated or gone.`,
      fix: (names, { note }) => `write ${names} for ${note ?? 'the version that replaces it'}`,
    }),
  }
}
