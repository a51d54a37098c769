import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'all ask': sketch({
      components: { orders: {} },
      operations: {
        'orders.get': { authentication: 'oauth2' },
        'orders.place': { authentication: 'oauth2' },
      },
    }),
    'health for machines': sketch({
      components: { orders: {} },
      operations: {
        'orders.health': { authentication: 'none' },
        'orders.place': { authentication: 'oauth2' },
      },
    }),
    'none asks, and none is known to': sketch({
      components: { catalog: {} },
      operations: { 'catalog.list': { authentication: 'none' } },
    }),
  },
  bad: {
    'one forgot': sketch({
      components: { orders: {} },
      operations: {
        'orders.export': { authentication: 'none' },
        'orders.place': { authentication: 'oauth2' },
      },
    }),
    'in two services': sketch({
      components: { orders: {}, users: {} },
      operations: {
        'orders.export': { authentication: 'none' },
        'orders.place': { authentication: 'oauth2' },
        'users.list': { authentication: 'none' },
        'users.remove': { authentication: 'api-key' },
      },
    }),
  },
}
