import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    seen: sketch({ components: { cart: {}, orders: {} }, calls: { 'orders -> cart': { observed: 12 } } }),
    'nobody looked': sketch({ components: { cart: {}, orders: {} }, calls: { 'orders -> cart': {} } }),
  },
  bad: {
    'never made': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { observed: 0 } },
    }),
    'one of two': sketch({
      components: { cart: {}, orders: {}, stock: {} },
      calls: { 'orders -> cart': { observed: 0 }, 'orders -> stock': { observed: 8 } },
    }),
  },
}
