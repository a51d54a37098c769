import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const cache = { kind: 'cache' as const }

export const examples: RuleExamples = {
  good: {
    'one cache each': sketch({
      components: { orders: {}, stock: {}, 'orders-cache': cache, 'stock-cache': cache },
      calls: { 'orders -> orders-cache': {}, 'stock -> stock-cache': {} },
    }),
    'an exporter only looks': sketch({
      components: { orders: {}, exporter: { kind: 'monitoring' }, pages: cache },
      calls: { 'orders -> pages': {}, 'exporter -> pages': {} },
    }),
  },
  bad: {
    'two services, one cache': sketch({
      components: { orders: {}, stock: {}, pages: cache },
      calls: { 'orders -> pages': {}, 'stock -> pages': {} },
    }),
    'three services, one cache': sketch({
      components: { orders: {}, stock: {}, prices: {}, pages: cache },
      calls: { 'orders -> pages': {}, 'stock -> pages': {}, 'prices -> pages': {} },
    }),
  },
}
