import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    sent: sketch({ components: { orders: { traits: { 'local-log': true, 'central-log': true } } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    stays: sketch({ components: { orders: { traits: { 'local-log': true, 'central-log': false } } } }),
    'one of two': sketch({
      components: {
        cart: { traits: { 'local-log': true, 'central-log': true } },
        orders: { traits: { 'local-log': true, 'central-log': false } },
      },
    }),
  },
}
