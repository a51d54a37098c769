import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]

export const examples: RuleExamples = {
  good: {
    'one after another': sketch({
      components: { shop: { published, replicas: 2, update: { strategy: 'rolling', maxUnavailable: '0' } } },
    }),
    'the store must not run twice meanwhile': sketch({
      components: {
        shop: { published, replicas: 2 },
        'shop-db': { kind: 'store', replicas: 1, update: { strategy: 'recreate' } },
      },
      calls: { 'shop -> shop-db': {} },
    }),
  },
  bad: {
    'all at once': sketch({
      components: { shop: { published, replicas: 2, update: { strategy: 'recreate' } } },
    }),
    'a service behind, all at once': sketch({
      components: {
        shop: { published, replicas: 2 },
        prices: { replicas: 3, update: { strategy: 'recreate' } },
      },
      calls: { 'shop -> prices': {} },
    }),
  },
}
