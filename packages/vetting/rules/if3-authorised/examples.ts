import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'named callers': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authorised: true } },
    }),
    'nobody is even asked': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'none', authorised: false } },
    }),
  },
  bad: {
    'any account': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'mutual-tls', authorised: false } },
    }),
    'to a store': sketch({
      components: { orders: {}, 'orders-data': { kind: 'store' } },
      calls: { 'orders -> orders-data': { authentication: 'password', authorised: false } },
    }),
  },
}
