import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { listed } from '../path.ts'
import { fallingTogether, inOnePlace } from '../placed.ts'

export const av3Zone: Rule = {
  id: 'AV3-zone',
  title: 'All replicas in one zone',
  severity: 'medium',
  why:
    'A zone is what loses its power, its network or its control plane at one time: replicas on different hosts of one zone are not independent ' +
    '(AWS Well-Architected, REL10; IEC 61025, common cause; Beyer et al., Site Reliability Engineering, chapter 3).',
  fix: 'Let a replica run in another zone.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A host is written `zone/host`. Replicas on one host are AV3-host's. */
function check(graph: Graph): RuleResult {
  const weaknesses = [...inOnePlace(graph, zoneOf)].flatMap(([zone, all]) => {
    const components = all.filter(({ hosts }) => new Set(hosts?.value).size > 1)
    const names = listed(components.map(({ id }) => id).toSorted(), 6)
    return components.length === 0
      ? []
      : [
          {
            ...fallingTogether(graph, zone, components),
            severity: 'medium' as const,
            fix: `let a replica of ${names} run outside of ${zone}`,
          },
        ]
  })
  return { weaknesses }
}

function zoneOf(host: string): string | undefined {
  return host.includes('/') ? host.slice(0, host.lastIndexOf('/')) : undefined
}
