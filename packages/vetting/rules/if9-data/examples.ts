import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    encrypted: sketch({
      components: { orders: {}, users: {} },
      operations: { 'users.find': { dataOut: ['personal'] } },
      calls: { 'orders -> users.find': { encrypted: true } },
    }),
    'nothing to read': sketch({
      components: { orders: {}, stock: {} },
      operations: { 'stock.count': { dataOut: ['internal'] } },
      calls: { 'orders -> stock.count': { encrypted: false } },
    }),
  },
  bad: {
    'about people': sketch({
      components: { orders: {}, users: {} },
      operations: { 'users.find': { dataOut: ['personal'] } },
      calls: { 'orders -> users.find': { encrypted: false } },
    }),
    'into a store': sketch({
      components: { users: {}, 'users-data': { kind: 'store', holds: ['confidential'] } },
      calls: { 'users -> users-data': { encrypted: false } },
    }),
  },
}
