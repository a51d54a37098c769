import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]

export const examples: RuleExamples = {
  good: {
    'started again': sketch({ components: { shop: { replicas: 1, restarts: true, published } } }),
    'nobody waits for the report': sketch({
      components: { shop: { replicas: 2, published }, report: { replicas: 1, restarts: false } },
      calls: { 'shop -> report': { synchronous: false } },
    }),
  },
  bad: {
    'the shop stays away': sketch({ components: { shop: { replicas: 1, restarts: false, published } } }),
    'its store stays away': sketch({
      components: {
        shop: { replicas: 2, restarts: true, published },
        'shop-db': { kind: 'store', replicas: 1, restarts: false },
      },
      calls: { 'shop -> shop-db': {} },
    }),
  },
}
