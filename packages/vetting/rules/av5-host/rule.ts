import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { inFormat } from '../format.ts'
import { ownStores } from '../stateful.ts'

export const av5Host: Rule = {
  id: 'AV5-host',
  title: 'Store bound to one machine',
  severity: 'medium',
  why:
    'Data in a folder of a machine is there while that machine is: it cannot move, and a replica elsewhere finds nothing (Kubernetes ' +
    'documentation, hostPath; NIST SP 800-34, section 3.4.1).',
  fix: 'Keep the data in a volume of the platform, or copy it elsewhere all the time.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.once(ownStores).flatMap(({ id, volumes, traits }) => {
    const kinds = new Set(volumes?.value.map(({ kind }) => kind))
    const bound = kinds.has('host') && !kinds.has('persistent')
    const safe = traits?.failover?.value === true || traits?.backup?.value === true
    return volumes !== undefined && bound && !safe ? [{ id, evidence: volumes.evidence }] : []
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `The data of ${names} ${count === 1 ? 'lies' : 'lie'} in a folder of one machine, and ${count === 1 ? 'is' : 'are'} gone with it.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `replace hostPath by a PersistentVolumeClaim for ${names}`,
          compose: `back the folder of ${names} up elsewhere, or use a named volume with a network driver`,
          other: `keep the data of ${names} in a volume of the platform`,
        }),
    }),
  }
}
