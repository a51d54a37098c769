import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a password': sketch({
      components: { 'orders-data': { kind: 'store', traits: { authenticates: true } } },
    }),
    'not known': sketch({ components: { 'orders-data': { kind: 'store' } } }),
    'a file of its service': sketch({
      components: {
        'orders-data': { kind: 'store', technology: 'sqlite', traits: { authenticates: false } },
      },
    }),
  },
  bad: {
    'an empty password': sketch({
      components: { 'orders-data': { kind: 'store', traits: { authenticates: false } } },
    }),
    'a broker for everybody': sketch({
      components: { queue: { kind: 'broker', traits: { authenticates: false } } },
    }),
  },
}
