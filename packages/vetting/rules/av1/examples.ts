import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const place = { access: 'consumers' } as const

export const examples: RuleExamples = {
  good: {
    'everything on the way runs twice': sketch({
      components: { orders: { replicas: 2 }, payments: { replicas: 3 } },
      operations: { 'orders.place': place, 'payments.charge': { access: 'services' } },
      calls: { 'orders.place -> payments.charge': { required: true, synchronous: true } },
    }),
    'the order is answered without the mail': sketch({
      components: { orders: { replicas: 2 }, notifications: { replicas: 1 } },
      operations: { 'orders.place': place, 'notifications.send': { access: 'services' } },
      calls: { 'orders.place -> notifications.send': { required: false, synchronous: true } },
    }),
    'nobody says how often the ledger runs': sketch({
      components: { orders: { replicas: 2 }, ledger: {} },
      operations: { 'orders.place': place },
      calls: { 'orders.place -> ledger': {} },
    }),
  },
  bad: {
    'payments runs once behind orders': sketch({
      components: { orders: { replicas: 2 }, payments: { replicas: 1 } },
      operations: { 'orders.place': place, 'payments.charge': { access: 'services' } },
      calls: { 'orders.place -> payments.charge': { required: true, synchronous: true } },
    }),
    'every request passes one gateway': sketch({
      components: {
        web: { kind: 'client' },
        edge: { kind: 'gateway', replicas: 1 },
        orders: { replicas: 2 },
      },
      operations: { 'orders.place': place },
      calls: { 'web -> orders.place': { through: 'edge' } },
    }),
    'scaled down to one at night': sketch({
      components: {
        shop: { replicas: 4, autoscaling: { minimum: 1, maximum: 9 }, published: [{ port: '443' }] },
      },
    }),
    'nothing runs twice': sketch({
      components: {
        shop: { replicas: 1, published: [{ port: '443' }] },
        catalog: { replicas: 1 },
        'catalog-db': { kind: 'store', replicas: 1 },
      },
      calls: { 'shop -> catalog': {}, 'catalog -> catalog-db': {} },
    }),
  },
}
