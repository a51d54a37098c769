import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const store = { kind: 'store' as const, connectionLimit: 100 }
const rolling = (maxSurge: string) => ({ strategy: 'rolling' as const, maxUnavailable: '0', maxSurge })
const calls = { 'shop -> shop-db': {} }

export const examples: RuleExamples = {
  good: {
    'there is room for one more': sketch({
      components: { shop: { replicas: 8, pool: 10, update: rolling('1') }, 'shop-db': store },
      calls,
    }),
    'how it rolls out is not known': sketch({
      components: { shop: { replicas: 10, pool: 10 }, 'shop-db': store },
      calls,
    }),
  },
  bad: {
    'just full': sketch({
      components: { shop: { replicas: 10, pool: 10, update: rolling('1') }, 'shop-db': store },
      calls,
    }),
    'a half more meanwhile': sketch({
      components: { shop: { replicas: 8, pool: 10, update: rolling('50%') }, 'shop-db': store },
      calls,
    }),
  },
}
