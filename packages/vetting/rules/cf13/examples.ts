import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const store = { kind: 'store' as const, connectionLimit: 100 }
const calls = { 'shop -> shop-db': {}, 'stock -> shop-db': {} }

export const examples: RuleExamples = {
  good: {
    'all pools fit': sketch({
      components: { shop: { replicas: 4, pool: 10 }, stock: { replicas: 2, pool: 10 }, 'shop-db': store },
      calls,
    }),
    'the pool of stock is not known': sketch({
      components: { shop: { replicas: 4, pool: 10 }, stock: { replicas: 2 }, 'shop-db': store },
      calls,
    }),
  },
  bad: {
    'eight replicas of twenty': sketch({
      components: { shop: { replicas: 8, pool: 20 }, stock: { replicas: 1, pool: 5 }, 'shop-db': store },
      calls,
    }),
    'when the scaler has scaled': sketch({
      components: {
        shop: { replicas: 2, autoscaling: { minimum: 2, maximum: 30 }, pool: 5 },
        'shop-db': store,
      },
      calls: { 'shop -> shop-db': {} },
    }),
  },
}
