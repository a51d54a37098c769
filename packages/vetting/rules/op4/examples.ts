import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    measured: sketch({ components: { orders: { traits: { metrics: true } } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    'not measured': sketch({ components: { orders: { traits: { metrics: false } } } }),
    'one of two': sketch({
      components: { cart: { traits: { metrics: true } }, orders: { traits: { metrics: false } } },
    }),
  },
}
