import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const waits = { synchronous: true }
const components = { orders: {}, stock: {}, prices: {} }

export const examples: RuleExamples = {
  good: {
    'one direction': sketch({
      components,
      calls: { 'orders -> stock': waits, 'stock -> prices': waits, 'orders -> prices': waits },
    }),
    'the answer comes as an event': sketch({
      components,
      calls: { 'orders -> stock': waits, 'stock -> orders': { synchronous: false } },
    }),
    'whether stock waits is not known': sketch({
      components,
      calls: { 'orders -> stock': waits, 'stock -> orders': {} },
    }),
  },
  bad: {
    'two wait for each other': sketch({
      components,
      calls: { 'orders -> stock': waits, 'stock -> orders': waits },
    }),
    'three in a circle of operations': sketch({
      components,
      operations: { 'orders.place': {}, 'stock.reserve': {}, 'prices.quote': {} },
      calls: {
        'orders.place -> stock.reserve': waits,
        'stock.reserve -> prices.quote': waits,
        'prices.quote -> orders.place': waits,
      },
    }),
  },
}
