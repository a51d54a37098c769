import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const orders = { replicas: 2, published: [{ port: '443' }] }
const calls = { 'orders -> orders-data': { required: true } }

export const examples: RuleExamples = {
  good: {
    'a store with replicas': sketch({
      components: { orders, 'orders-data': { kind: 'store', technology: 'postgresql', replicas: 3 } },
      calls,
    }),
    'a file that is copied elsewhere': sketch({
      components: {
        orders,
        'orders-data': { kind: 'store', technology: 'sqlite', replicas: 1, traits: { backup: true } },
      },
      calls,
    }),
  },
  bad: {
    'orders lie in a file': sketch({
      components: { orders, 'orders-data': { kind: 'store', technology: 'sqlite', replicas: 1 } },
      calls,
    }),
    'two services with a file each': sketch({
      components: {
        orders,
        stock: { replicas: 2 },
        'orders-data': { kind: 'store', technology: 'sqlite', replicas: 1 },
        'stock-data': { kind: 'store', technology: 'h2', replicas: 1 },
      },
      calls: { ...calls, 'orders -> stock': {}, 'stock -> stock-data': {} },
    }),
  },
}
