import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { inFormat } from '../format.ts'
import { replicated } from '../replicas.ts'

export const av3Spread: Rule = {
  id: 'AV3-spread',
  title: 'Nothing keeps replicas apart',
  severity: 'medium',
  why:
    'A scheduler that nobody told to spread may put all replicas on one host, and does so when that host is the emptiest; the failure of ' +
    'one machine is then the failure of the service (Kubernetes documentation, topology spread constraints; AWS Well-Architected, REL10).',
  fix: 'Tell the platform to keep replicas on different hosts and zones.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const several = graph.once(replicated).filter(({ hosts }) => hosts === undefined)
  const { cases, unknown } = weigh(several, { fact: ({ spread }) => spread, bad: (spread) => !spread })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Nothing keeps the replicas of ${names} on different hosts.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `add topologySpreadConstraints (topologyKey: kubernetes.io/hostname) to ${names}`,
          compose: `add deploy.placement.max_replicas_per_node: 1 to ${names}`,
          other: `keep the replicas of ${names} on different hosts`,
        }),
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether the replicas of ${names} lie on different hosts`,
    ),
  }
}
