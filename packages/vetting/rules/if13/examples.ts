import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'reached by callers alone': sketch({
      components: {
        orders: { ingressLimited: true },
        'orders-data': { kind: 'store', ingressLimited: true },
      },
    }),
    'not known': sketch({ components: { orders: {}, 'orders-data': { kind: 'store' } } }),
    'runs somewhere else': sketch({
      components: { 'payment-provider': { kind: 'external', ingressLimited: false } },
    }),
  },
  bad: {
    'no policy': sketch({
      components: {
        orders: { ingressLimited: false },
        'orders-data': { kind: 'store', ingressLimited: false },
      },
    }),
    'one left open': sketch({
      components: {
        orders: { ingressLimited: true },
        'orders-data': { kind: 'store', ingressLimited: false },
      },
    }),
  },
}
