import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'mutual TLS': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { encrypted: true } },
    }),
    'not known': sketch({ components: { cart: {}, orders: {} }, calls: { 'orders -> cart': {} } }),
    'a file of its service': sketch({
      components: { orders: {}, 'orders-data': { kind: 'store', technology: 'sqlite' } },
      calls: { 'orders -> orders-data': { encrypted: false } },
    }),
  },
  bad: {
    'plain http': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { encrypted: false } },
    }),
    'one of two': sketch({
      components: { cart: {}, orders: {}, stock: {} },
      calls: { 'orders -> cart': { encrypted: false }, 'orders -> stock': { encrypted: true } },
    }),
  },
}
