import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]

export const examples: RuleExamples = {
  good: {
    'a quarter at a time': sketch({
      components: {
        shop: { published, replicas: 4, update: { strategy: 'rolling', maxUnavailable: '25%' } },
      },
    }),
    'new ones first': sketch({
      components: {
        shop: { published, replicas: 3, update: { strategy: 'rolling', maxUnavailable: '0', maxSurge: '1' } },
      },
    }),
    'nobody says how many': sketch({
      components: { shop: { published, replicas: 4, update: { strategy: 'rolling' } } },
    }),
  },
  bad: {
    'all at once': sketch({
      components: {
        shop: { published, replicas: 4, update: { strategy: 'rolling', maxUnavailable: '100%' } },
      },
    }),
    'three of four': sketch({
      components: {
        shop: { published, replicas: 2 },
        prices: { replicas: 4, update: { strategy: 'rolling', maxUnavailable: '3' } },
      },
      calls: { 'shop -> prices': {} },
    }),
  },
}
