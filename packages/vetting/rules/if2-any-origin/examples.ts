import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'named origins': sketch({ components: { orders: { traits: { 'any-origin': false } } } }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    'any origin': sketch({ components: { orders: { traits: { 'any-origin': true } } } }),
    'in two services': sketch({
      components: { cart: { traits: { 'any-origin': true } }, orders: { traits: { 'any-origin': true } } },
    }),
  },
}
