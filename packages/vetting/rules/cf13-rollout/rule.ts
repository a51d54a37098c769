import { connectionUses, type Component, type ConnectionUse, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { countOf } from '../disruption.ts'

export const cf13Rollout: Rule = {
  id: 'CF13-rollout',
  title: 'Connections do not suffice while a release rolls out',
  severity: 'medium',
  why:
    'Meanwhile old and new replicas hold their pools at the same time. A store that is just large enough otherwise refuses the new ones, and ' +
    'the rollout takes down what ran (Kubernetes documentation, maxSurge; CWE-410, insufficient resource pool).',
  fix: 'Leave room for the additional replicas: smaller pools, a smaller surge, or more connections.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return { weaknesses: graph.once(connectionUses).flatMap(weaknesses) }
}

/** One service rolls out at a time; the one that needs most decides. */
function weaknesses({ store, limit, needed, users }: ConnectionUse): readonly Weakness[] {
  if (limit === undefined || needed > limit) return []
  const late = users
    .map(({ component, replicas, pool }) => ({ component, more: surgeOf(component, replicas) * pool }))
    .filter(({ more }) => needed + more > limit)
    .toSorted((a, b) => b.more - a.more || (a.component.id < b.component.id ? -1 : 1))
  const [worst] = late
  if (worst === undefined) return []
  const { component, more } = worst
  return [
    {
      subject: store.id,
      message: `While ${component.id} rolls out, ${needed + more} connections may be opened to ${store.id}, which accepts ${limit}.`,
      path: [
        { id: component.id, note: `${more} more while it rolls out`, evidence: component.update?.evidence },
        { id: store.id, note: `accepts ${limit}`, evidence: store.connectionLimit?.evidence },
      ],
      evidence: [
        component.update?.evidence ?? component.evidence,
        store.connectionLimit?.evidence ?? store.evidence,
      ],
      fix: `make the pools smaller, or let ${store.id} accept ${needed + more}`,
      members: late.map((each) => `${store.id} of ${each.component.id}`),
    },
  ]
}

function surgeOf({ update }: Component, replicas: number): number {
  return update?.value.strategy === 'rolling' ? (countOf(update.value.maxSurge, replicas) ?? 0) : 0
}
