import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'through a broker': sketch({
      components: { orders: { traits: { 'central-log': true, 'log-broker': true } } },
    }),
    'sends nothing': sketch({
      components: { orders: { traits: { 'central-log': false, 'log-broker': false } } },
    }),
  },
  bad: {
    directly: sketch({ components: { orders: { traits: { 'central-log': true, 'log-broker': false } } } }),
    'one of two': sketch({
      components: {
        cart: { traits: { 'central-log': true, 'log-broker': true } },
        orders: { traits: { 'central-log': true, 'log-broker': false } },
      },
    }),
  },
}
