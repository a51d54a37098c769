import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'the user goes along': sketch({
      components: { page: { kind: 'client' }, orders: {}, users: {} },
      operations: { 'users.find': { dataOut: ['personal'] } },
      calls: {
        'page -> orders': { carries: 'user' },
        'orders -> users.find': { carries: 'caller-and-user' },
      },
    }),
    'nothing about people': sketch({
      components: { page: { kind: 'client' }, orders: {}, stock: {} },
      operations: { 'stock.count': { dataOut: ['internal'] } },
      calls: { 'page -> orders': { carries: 'user' }, 'orders -> stock.count': { carries: 'caller' } },
    }),
  },
  bad: {
    'in its own name': sketch({
      components: { page: { kind: 'client' }, orders: {}, users: {} },
      operations: { 'users.find': { dataOut: ['personal'] } },
      calls: { 'page -> orders': { carries: 'user' }, 'orders -> users.find': { carries: 'caller' } },
    }),
    'in nobody’s name': sketch({
      components: {
        page: { kind: 'client' },
        orders: {},
        'orders-data': { kind: 'store', holds: ['personal'] },
      },
      calls: {
        'page -> orders': { carries: 'caller-and-user' },
        'orders -> orders-data': { carries: 'nobody' },
      },
    }),
  },
}
