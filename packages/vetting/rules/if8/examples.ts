import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'holds the scope': sketch({
      components: { shopper: { kind: 'client', scopes: ['stock:write'] }, catalog: {}, inventory: {} },
      operations: { 'catalog.show': { scopes: [] }, 'inventory.restock': { scopes: ['stock:write'] } },
      calls: { 'shopper -> catalog.show': {}, 'catalog.show -> inventory.restock': {} },
    }),
    'calls it directly, and is refused': sketch({
      components: { shopper: { kind: 'client', scopes: [] }, inventory: {} },
      operations: { 'inventory.restock': { scopes: ['stock:write'] } },
      calls: { 'shopper -> inventory.restock': {} },
    }),
  },
  bad: {
    'through a service': sketch({
      components: { shopper: { kind: 'client', scopes: [] }, catalog: {}, inventory: {} },
      operations: { 'catalog.show': { scopes: [] }, 'inventory.restock': { scopes: ['stock:write'] } },
      calls: { 'shopper -> catalog.show': {}, 'catalog.show -> inventory.restock': {} },
    }),
    'through two services': sketch({
      components: { anyone: { kind: 'client', scopes: [] }, catalog: {}, orders: {}, payments: {} },
      operations: {
        'catalog.show': { scopes: [] },
        'orders.list': { scopes: [] },
        'payments.refund': { scopes: ['payments:write'] },
      },
      calls: {
        'anyone -> catalog.show': {},
        'catalog.show -> orders.list': {},
        'orders.list -> payments.refund': {},
      },
    }),
  },
}
