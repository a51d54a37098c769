import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    traced: sketch({ components: { orders: { traits: { tracing: true } } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    'not traced': sketch({ components: { orders: { traits: { tracing: false } } } }),
    'one of two': sketch({
      components: { cart: { traits: { tracing: true } }, orders: { traits: { tracing: false } } },
    }),
  },
}
