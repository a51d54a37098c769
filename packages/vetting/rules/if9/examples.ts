import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    https: sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external' } },
      calls: { 'orders -> payment-provider': { encrypted: true } },
    }),
    'not known': sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external' } },
      calls: { 'orders -> payment-provider': {} },
    }),
    'on the same machine': sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external', address: 'http://127.0.0.1:8090' } },
      calls: { 'orders -> payment-provider': { encrypted: false } },
    }),
  },
  bad: {
    'plain http outwards': sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external', address: 'http://pay.example' } },
      calls: { 'orders -> payment-provider': { encrypted: false } },
    }),
    'personal data inwards': sketch({
      components: { app: { kind: 'client' }, orders: {} },
      operations: { 'orders.show': { dataOut: ['personal'] } },
      calls: { 'app -> orders.show': { encrypted: false } },
    }),
  },
}
