import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'in one direction': sketch({
      components: {
        orders: { startsAfter: ['stock'] },
        stock: { startsAfter: ['db'] },
        db: { kind: 'store' },
      },
    }),
    'calls in a circle that nobody waits for at the start': sketch({
      components: { orders: { startsAfter: ['stock'] }, stock: {} },
      calls: { 'orders -> stock': {}, 'stock -> orders': {} },
    }),
  },
  bad: {
    'two that wait for each other': sketch({
      components: { orders: { startsAfter: ['stock'] }, stock: { startsAfter: ['orders'] } },
    }),
    'a check of one asks the other': sketch({
      components: {
        orders: { startsAfter: ['stock'] },
        stock: { readiness: { question: 'GET :8080/ready', asks: ['prices'] } },
        prices: { startsAfter: ['orders'] },
      },
    }),
  },
}
