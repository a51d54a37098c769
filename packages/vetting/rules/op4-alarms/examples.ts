import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'somebody is told': sketch({ components: { orders: { traits: { alarms: true } } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    'nobody is told': sketch({ components: { orders: { traits: { alarms: false } } } }),
    'one of two': sketch({
      components: { cart: { traits: { alarms: true } }, orders: { traits: { alarms: false } } },
    }),
  },
}
