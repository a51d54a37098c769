import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'its own store': sketch({
      components: { orders: { owner: 'sales' }, 'orders-data': { kind: 'store', owner: 'sales' } },
      calls: { 'orders -> orders-data': {} },
    }),
    'owners are not known': sketch({
      components: { orders: {}, 'orders-data': { kind: 'store' } },
      calls: { 'orders -> orders-data': {} },
    }),
  },
  bad: {
    'another team': sketch({
      components: { reports: { owner: 'finance' }, 'orders-data': { kind: 'store', owner: 'sales' } },
      calls: { 'reports -> orders-data': {} },
    }),
    'from a gateway': sketch({
      components: { router: { kind: 'gateway' }, 'orders-data': { kind: 'store' } },
      calls: { 'router -> orders-data': {} },
    }),
    'from outside': sketch({
      components: { analyst: { kind: 'client' }, 'orders-data': { kind: 'store' } },
      calls: { 'analyst -> orders-data': {} },
    }),
  },
}
