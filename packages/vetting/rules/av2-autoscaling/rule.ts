import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'
import { inFormat } from '../format.ts'
import { needs } from '../needs.ts'
import { running } from '../replicas.ts'

export const av2Autoscaling: Rule = {
  id: 'AV2-autoscaling',
  title: 'Scaler goes down to one replica',
  severity: 'medium',
  why:
    'A scaler that may go below two replicas leaves one, or none, whenever it is quiet, and the next failure or node update takes the ' +
    'service away (Kubernetes documentation, HorizontalPodAutoscaler; Beyer et al., Site Reliability Engineering, chapter 3).',
  fix: 'Raise the minimum of the scaler to two.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What an entry needs is AV1's, however many replicas there are at noon. */
function check(graph: Graph): RuleResult {
  const needed = graph.once(needs)
  const scaled = graph
    .once(running)
    .filter(({ id, autoscaling }) => autoscaling !== undefined && !needed.has(id))
  const { cases } = weigh(scaled, {
    fact: ({ autoscaling }) => autoscaling,
    bad: ({ minimum }) => minimum < 2,
  })
  return {
    weaknesses: cases.flatMap((each) =>
      together(graph, [each], {
        message: (name) => `When it is quiet the scaler leaves ${minimumOf(name, graph)} of ${name}.`,
        fix: (name, { evidence }) =>
          inFormat(evidence, {
            kubernetes: `set minReplicas: 2 for ${name}`,
            other: `raise the minimum of ${name} to 2`,
          }),
      }),
    ),
  }
}

function minimumOf(id: string, graph: Graph): string {
  const minimum = graph.component(id)?.autoscaling?.value.minimum ?? 0
  return minimum === 0 ? 'no replica' : 'one replica'
}
