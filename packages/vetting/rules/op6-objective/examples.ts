import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    promised: sketch({
      components: { orders: {} },
      operations: { 'orders.place': { access: 'consumers', objective: 0.999 } },
    }),
    'none anywhere': sketch({
      components: { orders: {} },
      operations: { 'orders.place': { access: 'consumers' } },
    }),
  },
  bad: {
    'one forgotten': sketch({
      components: { orders: {} },
      operations: {
        'orders.place': { access: 'consumers', objective: 0.999 },
        'orders.show': { access: 'consumers' },
      },
    }),
    'in another service': sketch({
      components: { catalog: {}, orders: {} },
      operations: {
        'catalog.list': { access: 'public' },
        'orders.place': { access: 'consumers', objective: 0.999 },
      },
    }),
  },
}
