import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'both are used': sketch({
      components: { shop: { networks: ['front', 'back'] }, 'shop-db': { kind: 'store', networks: ['back'] } },
      networks: { front: {}, back: { internal: true } },
    }),
    'who is where is not known': sketch({ components: { shop: {} }, networks: { front: {}, back: {} } }),
  },
  bad: {
    'nothing is in back': sketch({
      components: { shop: { networks: ['front'] }, 'shop-db': { kind: 'store', networks: ['front'] } },
      networks: { front: {}, back: { internal: true } },
    }),
    'a left-over': sketch({
      components: { shop: { networks: ['front'] } },
      networks: { front: {}, old: {} },
    }),
  },
}
