import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'all there': sketch({
      components: { cart: {} },
      objects: { 'Service shop/cart': { targets: ['cart'], dangling: [] } },
    }),
    'no objects': sketch({ components: { cart: {} } }),
  },
  bad: {
    'a service for nobody': sketch({ objects: { 'Service shop/cart': { dangling: ['app=carts'] } } }),
    'a route to nothing': sketch({
      components: { cart: {} },
      objects: { 'Ingress shop/entry': { targets: ['cart'], dangling: ['service/catalogue'] } },
    }),
  },
}
