import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'named addresses': sketch({ components: { orders: { egressLimited: true } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    anywhere: sketch({ components: { orders: { egressLimited: false } } }),
    'one of two': sketch({ components: { cart: { egressLimited: true }, orders: { egressLimited: false } } }),
  },
}
