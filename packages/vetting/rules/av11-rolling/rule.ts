import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { countOf } from '../disruption.ts'
import { inFormat } from '../format.ts'
import { needs } from '../needs.ts'
import { replicasOf, running } from '../replicas.ts'

export const av11Rolling: Rule = {
  id: 'AV11-rolling',
  title: 'Rolling update that takes half of the capacity, or more',
  severity: 'medium',
  why:
    'While a release rolls out, what is left has to carry all of the load; a rollout that takes most replicas away at once is an outage or ' +
    'the beginning of an overload (Kubernetes documentation, rolling update; Beyer et al., Site Reliability Engineering, chapter 27).',
  fix: 'Start new replicas first, and take away one at a time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const cases = graph
    .once(running)
    .filter(({ id }) => needed.has(id))
    .map(caseOf)
    .filter((each) => each !== undefined)
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Each release takes half of the replicas away at once, or more: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `set maxUnavailable: 0 and maxSurge: 1 for ${names}`,
          compose: `set deploy.update_config.parallelism: 1 and order: start-first for ${names}`,
          other: `replace one replica of ${names} at a time, the new one first`,
        }),
    }),
  }
}

function caseOf(component: Component): Case | undefined {
  const { id, update } = component
  const replicas = replicasOf(component)?.value
  if (update === undefined || update.value.strategy !== 'rolling' || replicas === undefined) return undefined
  const away = countOf(update.value.maxUnavailable, replicas, Math.floor)
  if (away === undefined || away * 2 < replicas || away === 0) return undefined
  // One of two cannot be less than one, where no place is left to start a third.
  if (replicas <= 2 && away < replicas) return undefined
  return { id, note: `${Math.min(away, replicas)} of ${replicas}`, evidence: update.evidence }
}
