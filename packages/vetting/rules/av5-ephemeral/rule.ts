import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isForgetful, ownStores } from '../stateful.ts'

export const av5Ephemeral: Rule = {
  id: 'AV5-ephemeral',
  title: 'Store forgets its data with its replica',
  severity: 'high',
  why:
    'What a container writes outside of a volume, or into a volume that goes with it, is gone when it is replaced: by an update, a move to ' +
    'another node, a crash (Kubernetes documentation, volumes; NIST SP 800-190, section 2.3).',
  fix: 'Keep the data in a volume that outlives the replica.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const stores = graph.once(ownStores).filter(({ traits }) => traits?.failover?.value !== true)
  const cases = stores
    .filter(isForgetful)
    .map(({ id, volumes, evidence }) => ({ id, evidence: volumes?.evidence ?? evidence }))
  const unknown = stores.filter(({ volumes }) => volumes === undefined).map(({ id }) => id)
  const ofCompose = Map.groupBy(cases, ({ evidence }) =>
    inFormat(evidence, { compose: 'compose', other: 'other' }),
  )
  return {
    weaknesses: [
      ...together(graph, ofCompose.get('other') ?? [], {
        message: (names, count) =>
          `${names} ${count === 1 ? 'keeps its' : 'keep their'} data where it goes with the replica: the next update or crash empties ${count === 1 ? 'it' : 'them'}.`,
        fix: (names, { evidence }) =>
          inFormat(evidence, {
            kubernetes: `run ${names} as a StatefulSet with volumeClaimTemplates, or mount a PersistentVolumeClaim`,
            other: `give ${names} a volume that outlives the replica`,
          }),
      }),
      ...together(graph, ofCompose.get('compose') ?? [], {
        // An image may declare an unnamed volume, which a restart keeps.
        severity: 'medium',
        message: (names, count) =>
          `${names} ${count === 1 ? 'has' : 'have'} no named volume: after docker compose down ${count === 1 ? 'it starts' : 'they start'} empty.`,
        fix: (names) => `mount a named volume at the data folder of ${names}`,
      }),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) => `where ${names} ${count === 1 ? 'keeps its' : 'keep their'} data`,
    ),
  }
}
