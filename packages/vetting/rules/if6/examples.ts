import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    exchanged: sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { tokenPassedOn: false } },
    }),
    'meant for the callee': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { tokenPassedOn: true, audienceChecked: true } },
    }),
  },
  bad: {
    'taken by anybody': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { tokenPassedOn: true, audienceChecked: false } },
    }),
    'passed on': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { tokenPassedOn: true } },
    }),
  },
}
