import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a current version': sketch({ objects: { 'Deployment shop/cart': {} } }),
    'no objects': sketch({ components: { cart: {} } }),
  },
  bad: {
    'a version that was removed': sketch({ objects: { 'Deployment shop/cart': { deprecated: 'apps/v1' } } }),
    'two of them': sketch({
      objects: {
        'Ingress shop/entry': { deprecated: 'networking.k8s.io/v1' },
        'PodDisruptionBudget shop/cart': { deprecated: 'policy/v1' },
      },
    }),
  },
}
