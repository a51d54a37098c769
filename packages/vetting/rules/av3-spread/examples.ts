import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'kept apart': sketch({ components: { shop: { replicas: 2, spread: true } } }),
    'nothing is said of it': sketch({ components: { shop: { replicas: 2 } } }),
    'one replica has nothing to be kept from': sketch({
      components: { shop: { replicas: 1, spread: false } },
    }),
  },
  bad: {
    'may lie together': sketch({ components: { shop: { replicas: 2, spread: false } } }),
    'several may lie together': sketch({
      components: {
        shop: { replicas: 3, spread: false },
        prices: { autoscaling: { minimum: 2, maximum: 4 }, spread: false },
      },
    }),
  },
}
