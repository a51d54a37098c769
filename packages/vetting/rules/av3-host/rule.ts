import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { inFormat } from '../format.ts'
import { listed } from '../path.ts'
import { fallingTogether, inOnePlace } from '../placed.ts'

export const av3Host: Rule = {
  id: 'AV3-host',
  title: 'All replicas on one host',
  severity: 'high',
  why:
    'Replicas that share a host share its failures, its updates and its network: together they are as available as one (Beyer et al., Site ' +
    'Reliability Engineering, chapter 3; Kubernetes documentation, topology spread constraints).',
  fix: 'Keep the replicas on different hosts, in different zones where there are several.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  return {
    weaknesses: [...inOnePlace(graph, (host) => host)].map(([host, components]) => {
      const names = listed(components.map(({ id }) => id).toSorted(), 6)
      return {
        ...fallingTogether(graph, host, components),
        fix: inFormat(components[0]?.hosts?.evidence ?? {}, {
          kubernetes: `take nodeName or nodeSelector of ${names} away, and add topologySpreadConstraints over kubernetes.io/hostname`,
          other: `let a replica of ${names} run on another host than ${host}`,
        }),
      }
    }),
  }
}
