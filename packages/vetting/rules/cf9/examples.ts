import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, stock: {}, 'shop-db': { kind: 'store' as const } }

export const examples: RuleExamples = {
  good: {
    'one store each': sketch({
      components: { ...components, 'stock-db': { kind: 'store' } },
      calls: { 'orders -> shop-db': {}, 'stock -> stock-db': {} },
    }),
    'a dashboard only looks': sketch({
      components: { ...components, dashboard: { kind: 'monitoring' } },
      calls: { 'orders -> shop-db': {}, 'dashboard -> shop-db': {} },
    }),
  },
  bad: {
    'a service beside the telemetry': sketch({
      components: {
        'log-db': { kind: 'store' },
        collector: { kind: 'monitoring', technology: 'opentelemetry-collector' },
        orders: {},
      },
      calls: { 'collector -> log-db': {}, 'orders -> log-db': {} },
    }),
    'orders and stock in one store': sketch({
      components,
      calls: { 'orders -> shop-db': {}, 'stock -> shop-db': {} },
    }),
    'operations of two services': sketch({
      components,
      operations: { 'orders.place': {}, 'stock.reserve': {} },
      calls: { 'orders.place -> shop-db': {}, 'stock.reserve -> shop-db': {} },
    }),
  },
}
