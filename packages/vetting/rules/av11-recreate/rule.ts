import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'
import { inFormat } from '../format.ts'
import { needs } from '../needs.ts'
import { running } from '../replicas.ts'

export const av11Recreate: Rule = {
  id: 'AV11-recreate',
  title: 'Update that stops everything first',
  severity: 'medium',
  why:
    'A rollout that ends all replicas before it starts new ones is a planned outage with every release, and an unplanned one where the new ' +
    'release does not start (Kubernetes documentation, deployment strategy; Humble and Farley, Continuous Delivery, chapter 10).',
  fix: 'Replace replicas one after another.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A store that stops before its successor starts protects its data. */
function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const updated = graph.once(running).filter(({ id, kind, update }) => {
    const keepsData = kind.value === 'store' || kind.value === 'broker'
    return update !== undefined && needed.has(id) && !keepsData
  })
  const { cases } = weigh(updated, {
    fact: ({ update }) => update,
    bad: ({ strategy }) => strategy === 'recreate',
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `Each release of ${names} stops all ${count === 1 ? 'its' : 'their'} replicas before new ones start.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `set strategy.type: RollingUpdate with maxUnavailable: 0 for ${names}`,
          compose: `set deploy.update_config.order: start-first for ${names}`,
          other: `replace the replicas of ${names} one after another`,
        }),
    }),
  }
}
