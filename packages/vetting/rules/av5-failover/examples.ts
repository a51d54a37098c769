import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const empty = [{ name: 'data', kind: 'ephemeral' as const }]

export const examples: RuleExamples = {
  good: {
    'three replicas with a leader': sketch({
      components: { 'orders-db': { kind: 'store', replicas: 3, traits: { failover: true } } },
    }),
    'one replica takes over from nobody': sketch({
      components: { 'orders-db': { kind: 'store', replicas: 1, volumes: empty } },
    }),
    'nothing is known of what it keeps': sketch({
      components: { 'orders-db': { kind: 'store', replicas: 3 } },
    }),
  },
  bad: {
    'a copy by hand': sketch({
      components: { 'orders-db': { kind: 'store', replicas: 2, traits: { failover: false } } },
    }),
    'an empty folder each': sketch({
      components: { 'carts-db': { kind: 'store', replicas: 2, volumes: empty } },
    }),
  },
}
