import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, prices: {}, catalog: {} }

export const examples: RuleExamples = {
  good: {
    'the callees fit in': sketch({
      components,
      operations: { 'orders.place': { deadlineMs: 2_000 }, 'prices.quote': { deadlineMs: 300 } },
      calls: { 'orders.place -> prices.quote': { timeoutMs: 300, attempts: 2, synchronous: true } },
    }),
    'nobody waits for the long call': sketch({
      components,
      operations: { 'orders.place': { deadlineMs: 200 }, 'catalog.index': { deadlineMs: 60_000 } },
      calls: { 'orders.place -> catalog.index': { synchronous: false } },
    }),
    'how long the callee takes is not known': sketch({
      components,
      operations: { 'orders.place': { deadlineMs: 200 } },
      calls: { 'orders.place -> prices': { synchronous: true } },
    }),
  },
  bad: {
    'three attempts do not fit': sketch({
      components,
      operations: { 'orders.place': { deadlineMs: 500 }, 'prices.quote': { deadlineMs: 300 } },
      calls: { 'orders.place -> prices.quote': { timeoutMs: 300, attempts: 3, synchronous: true } },
    }),
    'two callees one after another': sketch({
      components,
      operations: {
        'orders.place': { deadlineMs: 500 },
        'prices.quote': { deadlineMs: 300 },
        'catalog.lookup': { deadlineMs: 300 },
      },
      calls: {
        'orders.place -> prices.quote': { synchronous: true },
        'orders.place -> catalog.lookup': { synchronous: true },
      },
    }),
    'the component calls a slow part for all of its operations': sketch({
      components,
      operations: { 'orders.place': { deadlineMs: 500 } },
      calls: { 'orders -> prices': { timeoutMs: 1_000, synchronous: true } },
    }),
  },
}
