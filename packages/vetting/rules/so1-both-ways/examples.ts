import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, stock: {} }
const operations = { 'orders.place': {}, 'orders.find': {}, 'stock.reserve': {}, 'stock.report': {} }

export const examples: RuleExamples = {
  good: {
    'one direction': sketch({
      components,
      operations,
      calls: { 'orders.place -> stock.reserve': {}, 'orders.find -> stock.report': {} },
    }),
    'the way back is an event': sketch({
      components,
      operations,
      calls: { 'orders.place -> stock.reserve': {}, 'stock.report -> orders.find': { synchronous: false } },
    }),
  },
  bad: {
    'the report asks for orders': sketch({
      components,
      operations,
      calls: { 'orders.place -> stock.reserve': {}, 'stock.report -> orders.find': {} },
    }),
    'through the component': sketch({
      components,
      operations,
      calls: { 'orders -> stock.reserve': {}, 'stock -> orders.find': {} },
    }),
  },
}
