import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'declared and seen': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { observed: 12 } },
    }),
    declared: sketch({ components: { cart: {}, orders: {} }, calls: { 'orders -> cart': {} } }),
  },
  bad: {
    'to a store': sketch({
      components: { reports: {}, 'orders-data': { kind: 'store' } },
      calls: {
        'reports -> orders-data': { observed: 3, evidence: { file: 'traces.json', how: 'observed' } },
      },
    }),
    'between services': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { observed: 3, evidence: { file: 'traces.json', how: 'observed' } } },
    }),
  },
}
