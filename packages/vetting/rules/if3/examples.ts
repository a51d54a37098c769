import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'mutual TLS': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'mutual-tls' } },
    }),
    'not known': sketch({ components: { cart: {}, orders: {} }, calls: { 'orders -> cart': {} } }),
  },
  bad: {
    'nobody asks': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'none' } },
    }),
    'one of two': sketch({
      components: { cart: {}, orders: {}, payments: {} },
      calls: {
        'orders -> cart': { authentication: 'none' },
        'orders -> payments': { authentication: 'mutual-tls' },
      },
    }),
  },
}
