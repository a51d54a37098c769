import { connectionUses, type ConnectionUse, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { notEvidenced } from '../cases.ts'
import { listed } from '../path.ts'
import { saidOnce } from '../said.ts'

export const cf13: Rule = {
  id: 'CF13',
  title: 'More connections than the store accepts',
  severity: 'high',
  why:
    'When every replica fills its pool, the store refuses the rest: exactly under load, and for all services at once (Wooldridge, HikariCP, ' +
    'About Pool Sizing; PostgreSQL documentation, max_connections; CWE-410, insufficient resource pool).',
  fix: 'Make the pools smaller, put a pooler before the store, or let it accept more connections.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const uses = graph.once(connectionUses)
  const open = uses.filter(
    ({ limit, needed, unknown }) => limit !== undefined && needed <= limit && unknown.length > 0,
  )
  return {
    weaknesses: uses.flatMap(said),
    unknowns: notEvidenced(
      graph,
      open.flatMap(({ unknown }) => unknown.map(({ id }) => id)),
      (names) => `how many connections ${names} may open`,
    ),
  }
}

const said = saidOnce(weaknesses)

function weaknesses({ store, limit, needed, users }: ConnectionUse): readonly Weakness[] {
  if (limit === undefined || needed <= limit) return []
  const parts = users.toSorted((a, b) => b.replicas * b.pool - a.replicas * a.pool)
  const largest = parts[0]
  const others = parts.slice(1).reduce((sum, { replicas, pool }) => sum + replicas * pool, 0)
  const fitting = largest === undefined ? 0 : Math.floor((limit - others) / largest.replicas)
  return [
    {
      subject: store.id,
      message: `${listed(parts.map(({ component }) => component.id))} may open ${needed} connections to ${store.id}, which accepts ${limit}.`,
      path: [
        { id: store.id, note: `accepts ${limit}`, evidence: store.connectionLimit?.evidence },
        ...parts.slice(0, 6).map(({ component, replicas, pool }) => ({
          id: component.id,
          note: `${replicas} × ${pool}`,
          evidence: component.pool?.evidence,
        })),
      ],
      evidence: [
        store.connectionLimit?.evidence ?? store.evidence,
        ...parts.map(({ component, call }) => component.pool?.evidence ?? call.evidence),
      ],
      fix:
        largest !== undefined && fitting > 0
          ? `set the pool of ${largest.component.id} to ${fitting}, or let ${store.id} accept ${needed}`
          : `make several pools smaller, put a pooler before ${store.id}, or let it accept ${needed}`,
      members: parts.map(({ component }) => `${store.id} of ${component.id}`),
    },
  ]
}
