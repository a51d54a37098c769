import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'backed up': sketch({ components: { 'orders-db': { kind: 'store', traits: { backup: true } } } }),
    'nothing is said of backups': sketch({ components: { 'orders-db': { kind: 'store' } } }),
    'the store of somebody else': sketch({
      components: { ledger: { kind: 'external', traits: { backup: false } } },
    }),
  },
  bad: {
    'no backup': sketch({ components: { 'orders-db': { kind: 'store', traits: { backup: false } } } }),
    'replicas are no backup': sketch({
      components: {
        'orders-db': { kind: 'store', replicas: 3, traits: { failover: true, backup: false } },
        'carts-db': { kind: 'store', replicas: 3, traits: { failover: true, backup: true } },
      },
    }),
  },
}
