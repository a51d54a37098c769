import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    logs: sketch({ components: { orders: { traits: { 'local-log': true } } } }),
    'logs elsewhere': sketch({
      components: { orders: { traits: { 'local-log': false, 'central-log': true } } },
    }),
  },
  bad: {
    'no log': sketch({ components: { orders: { traits: { 'local-log': false } } } }),
    'one of two': sketch({
      components: { cart: { traits: { 'local-log': true } }, orders: { traits: { 'local-log': false } } },
    }),
  },
}
