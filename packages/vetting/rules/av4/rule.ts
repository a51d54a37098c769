import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together } from '../cases.ts'
import { needs } from '../needs.ts'
import { replicated } from '../replicas.ts'

export const av4: Rule = {
  id: 'AV4',
  title: 'No disruption budget',
  severity: 'medium',
  why:
    'A drain for an update of the nodes may take all replicas at once where no budget says how many have to stay (Kubernetes ' +
    'documentation, specifying a disruption budget; Burns et al., Borg, Omega, and Kubernetes, 2016).',
  fix: 'Give what runs several times a disruption budget that leaves one replica.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Where some have a budget and others of the same platform have none, it was forgotten; where nobody has one, the files may lack them. */
function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const several = graph.once(replicated)
  const without = several.filter(
    (component) =>
      component.disruptionBudget === undefined && isEvicted(component) && needed.has(component.id),
  )
  const some = several.some(({ disruptionBudget }) => disruptionBudget !== undefined)
  const cases = without.map(({ id, replicas, evidence }) => ({
    id,
    evidence: replicas?.evidence ?? evidence,
  }))
  return {
    weaknesses: together(graph, some ? cases : [], {
      message: (names, count) =>
        `Others have a disruption budget, ${names} ${count === 1 ? 'has' : 'have'} none: draining nodes may take all replicas at once.`,
      fix: (names) => `add a PodDisruptionBudget with maxUnavailable: 1 for ${names}`,
    }),
    unknowns: notEvidenced(
      graph,
      some ? [] : without.map(({ id }) => id),
      (names) => `how many replicas of ${names} stay when nodes are drained`,
    ),
  }
}

/** Kubernetes evicts; its readers tell labels, selectors and templates by `spec`. */
function isEvicted({ replicas, autoscaling, evidence }: Component): boolean {
  const fields = [replicas?.evidence, autoscaling?.evidence, evidence].map((place) => place?.field ?? '')
  return fields.some((field) => /^spec\b/.test(field))
}
