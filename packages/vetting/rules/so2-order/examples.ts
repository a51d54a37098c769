import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'after its store': sketch({ components: { orders: { startsAfter: ['db'] }, db: { kind: 'store' } } }),
    'after a job that prepares': sketch({
      components: { orders: { startsAfter: ['migration'] }, migration: { restarts: false } },
    }),
    'a call is no order': sketch({ components: { orders: {}, stock: {} }, calls: { 'orders -> stock': {} } }),
  },
  bad: {
    'after another service': sketch({ components: { orders: { startsAfter: ['stock'] }, stock: {} } }),
    'a procession': sketch({
      components: { shop: { startsAfter: ['orders'] }, orders: { startsAfter: ['stock'] }, stock: {} },
    }),
  },
}
