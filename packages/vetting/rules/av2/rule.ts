import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { sharedInfrastructure } from '../av6/rule.ts'
import { gatewaysAside } from '../av7/rule.ts'
import { together } from '../cases.ts'
import { needs } from '../needs.ts'
import { isNothingTwice, secondReplica, singles } from '../replicas.ts'

export const av2: Rule = {
  id: 'AV2',
  title: 'Runs once',
  severity: 'low',
  why:
    'Work that goes on in the background also stops when its only replica fails, restarts or is updated; it is missed later, when it has ' +
    'piled up (Beyer et al., Site Reliability Engineering, chapter 25; NIST SP 800-204, section 4.3).',
  fix: 'Run a second replica, or make sure that work which waits is not lost and can be made up for.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What an entry needs is AV1's, what all others need AV6's, what stands before others AV7's, what a scaler decides AV2-autoscaling's. */
function check(graph: Graph): RuleResult {
  if (graph.once(isNothingTwice)) return { weaknesses: [] }
  const needed = graph.once(needs)
  const told = new Set(
    [...graph.once(sharedInfrastructure), ...graph.once(gatewaysAside)].map(({ id }) => id),
  )
  const cases = graph
    .once(singles)
    .filter(({ id, autoscaling }) => !needed.has(id) && !told.has(id) && autoscaling === undefined)
    .map(({ id, replicas, evidence }) => ({ id, evidence: replicas?.evidence ?? evidence }))
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'runs' : 'run'} once: no known entry waits for ${count === 1 ? 'it, but its' : 'them, but their'} work stops meanwhile.`,
      fix: (names, { id }) => {
        const component = graph.component(id)
        const more = component === undefined ? `run ${names} twice` : secondReplica(component)
        return cases.length === 1 ? more : `begin with ${id}: ${more}`
      },
    }),
  }
}
