import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const operations = (objective: number) =>
  ({ 'orders.place': { access: 'consumers', objective }, 'payments.charge': { access: 'services' } }) as const
const calls = { 'orders.place -> payments.charge': { required: true, synchronous: true } }
const spread = { availability: 0.999, hosts: ['east/one', 'west/two'], replicas: 2 }

export const examples: RuleExamples = {
  good: {
    'two replicas each': sketch({
      components: { orders: spread, payments: spread },
      operations: operations(0.99),
      calls,
    }),
    'what payments does is not known': sketch({
      components: { orders: { replicas: 3 }, payments: {} },
      operations: operations(0.999),
      calls,
    }),
  },
  bad: {
    'payments is down more often than orders promises': sketch({
      components: { orders: spread, payments: { availability: 0.99, replicas: 1 } },
      operations: operations(0.999),
      calls,
    }),
    'four nines with one replica each': sketch({
      components: { orders: { replicas: 1 }, payments: { replicas: 1 } },
      operations: operations(0.9999),
      calls,
    }),
  },
}
