import { dependentChecks, type DependentCheck, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { listed } from '../path.ts'

export const cf11Readiness: Rule = {
  id: 'CF11-readiness',
  title: 'Readiness that takes several services out together',
  severity: 'medium',
  why:
    'Services whose readiness asks the same part are all taken out when that part is slow: also what could still have answered, or have said ' +
    'what is wrong (Kubernetes documentation, readiness probes; Beyer et al., Site Reliability Engineering, chapter 22).',
  fix: 'Let readiness ask the replica alone, and answer requests with an error where a part is missing.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** One part that several ask is one finding. */
function check(graph: Graph): RuleResult {
  const checks = graph.once(dependentChecks).filter(({ kind }) => kind === 'readiness')
  const askers = new Map<string, DependentCheck[]>()
  for (const each of checks) {
    for (const asked of each.asks) {
      const known = askers.get(asked) ?? []
      known.push(each)
      askers.set(asked, known)
    }
  }
  return {
    weaknesses: [...askers].filter(([, by]) => by.length > 1).map(([asked, by]) => weakness(asked, by)),
  }
}

function weakness(asked: string, by: readonly DependentCheck[]): Weakness {
  const sorted = by.map(({ component }) => component).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const ids = sorted.map(({ id }) => id)
  return {
    subject: asked,
    message: `When ${asked} is slow, ${listed(ids)} are taken out together: their readiness asks it.`,
    path: [
      { id: asked, note: 'is asked' },
      ...sorted
        .slice(0, 6)
        .map(({ id, readiness }) => ({ id, note: 'is taken out', evidence: readiness?.evidence })),
    ],
    evidence: sorted.map(({ readiness, evidence }) => readiness?.evidence ?? evidence),
    fix: `let the readiness of ${listed(ids)} answer without ${asked}`,
    members: ids.map((id) => `${id} asks ${asked}`),
  }
}
