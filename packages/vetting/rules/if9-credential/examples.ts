import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    encrypted: sketch({
      components: { orders: {}, 'orders-data': { kind: 'store' } },
      calls: { 'orders -> orders-data': { authentication: 'password', encrypted: true } },
    }),
    'nothing to take': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'none', encrypted: false } },
    }),
  },
  bad: {
    'a password': sketch({
      components: { orders: {}, 'orders-data': { kind: 'store' } },
      calls: { 'orders -> orders-data': { authentication: 'password', encrypted: false } },
    }),
    'a token': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'bearer', encrypted: false } },
    }),
  },
}
