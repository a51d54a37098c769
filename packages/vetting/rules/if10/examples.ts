import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a field that is named': sketch({
      components: { app: { kind: 'client', receives: 'internal' }, orders: {}, payments: {} },
      operations: { 'orders.show': { dataOut: ['internal'] }, 'payments.find': { dataOut: ['personal'] } },
      calls: { 'app -> orders.show': {}, 'orders.show -> payments.find': {} },
    }),
    'cleared for it': sketch({
      components: { app: { kind: 'client', receives: 'personal' }, orders: {} },
      operations: { 'orders.show': { dataOut: ['personal'] } },
      calls: { 'app -> orders.show': {} },
    }),
  },
  bad: {
    'to a client': sketch({
      components: { app: { kind: 'client', receives: 'internal' }, orders: {} },
      operations: { 'orders.show': { dataOut: ['personal'] } },
      calls: { 'app -> orders.show': {} },
    }),
    'passed on by an open output': sketch({
      components: { app: { kind: 'client', receives: 'internal' }, orders: {}, payments: {} },
      operations: {
        'orders.show': { dataOut: ['internal'], openOutput: true },
        'payments.find': { dataOut: ['personal'] },
      },
      calls: { 'app -> orders.show': {}, 'orders.show -> payments.find': {} },
    }),
    'to an outside party': sketch({
      components: { orders: {}, mailer: { kind: 'external', receives: 'public' } },
      calls: { 'orders -> mailer': { sends: ['personal'] } },
    }),
  },
}
