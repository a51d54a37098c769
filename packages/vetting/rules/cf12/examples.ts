import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const published = [{ port: '443' }]

export const examples: RuleExamples = {
  good: {
    'turns the surplus away': sketch({
      components: { shop: { published, traits: { 'load-shedding': true } } },
    }),
    'limits the rate': sketch({
      components: { shop: { published, traits: { 'load-shedding': false, 'rate-limit': true } } },
    }),
    'not known': sketch({ components: { shop: { published } } }),
    'the gateway of the runtime has a bound': sketch({
      components: { edge: { kind: 'gateway', technology: 'plimsoll', published } },
    }),
  },
  bad: {
    'takes everything': sketch({ components: { shop: { published, traits: { 'load-shedding': false } } } }),
    'the gateway takes everything': sketch({
      components: {
        edge: { kind: 'gateway', published, traits: { 'load-shedding': false, 'rate-limit': false } },
        shop: {},
      },
      calls: { 'edge -> shop': {} },
    }),
  },
}
