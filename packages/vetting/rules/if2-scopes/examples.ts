import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'with a scope': sketch({
      components: { orders: {} },
      operations: { 'orders.place': { access: 'consumers', safe: false, scopes: ['orders:write'] } },
    }),
    'harmless to read': sketch({
      components: { catalog: {} },
      operations: { 'catalog.list': { access: 'consumers', safe: true, scopes: [], dataOut: ['public'] } },
    }),
  },
  bad: {
    'any consumer writes': sketch({
      components: { stock: {} },
      operations: { 'stock.restock': { access: 'consumers', safe: false, scopes: [] } },
    }),
    'any consumer reads about people': sketch({
      components: { orders: {} },
      operations: { 'orders.show': { access: 'consumers', safe: true, scopes: [], dataOut: ['personal'] } },
    }),
  },
}
