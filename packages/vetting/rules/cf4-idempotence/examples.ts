import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, payments: {} }

export const examples: RuleExamples = {
  good: {
    'a repeated charge is the same charge': sketch({
      components,
      operations: { 'orders.place': {}, 'payments.charge': { idempotent: true } },
      calls: { 'orders.place -> payments.charge': { attempts: 3 } },
    }),
    'reading twice changes nothing': sketch({
      components,
      operations: { 'orders.place': {}, 'payments.find': { idempotent: false, safe: true } },
      calls: { 'orders.place -> payments.find': { attempts: 3 } },
    }),
    'nobody says what a repetition does': sketch({
      components,
      operations: { 'orders.place': {}, 'payments.charge': {} },
      calls: { 'orders.place -> payments.charge': { attempts: 3 } },
    }),
  },
  bad: {
    'charged three times': sketch({
      components,
      operations: { 'orders.place': {}, 'payments.charge': { idempotent: false } },
      calls: { 'orders.place -> payments.charge': { attempts: 3 } },
    }),
    'the gateway tries again': sketch({
      components: { edge: { kind: 'gateway' }, orders: {} },
      operations: { 'orders.place': { idempotent: false, safe: false } },
      calls: { 'edge -> orders.place': { attempts: 2 } },
    }),
  },
}
