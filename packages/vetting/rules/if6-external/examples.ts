import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a credential of its own': sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external' } },
      calls: { 'orders -> payment-provider': { authentication: 'api-key', tokenPassedOn: false } },
    }),
    inside: sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { tokenPassedOn: true } },
    }),
  },
  bad: {
    'to a payment provider': sketch({
      components: { orders: {}, 'payment-provider': { kind: 'external' } },
      calls: { 'orders -> payment-provider': { tokenPassedOn: true } },
    }),
    'to two': sketch({
      components: { mailer: { kind: 'external' }, maps: { kind: 'external' }, orders: {} },
      calls: { 'orders -> mailer': { tokenPassedOn: true }, 'orders -> maps': { tokenPassedOn: true } },
    }),
  },
}
