import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'checks who registers': sketch({
      components: { eureka: { kind: 'registry', traits: { 'validates-registration': true } } },
    }),
    'not known': sketch({ components: { eureka: { kind: 'registry' } } }),
  },
  bad: {
    'takes everybody': sketch({
      components: { eureka: { kind: 'registry', traits: { 'validates-registration': false } } },
    }),
    'beside one that checks': sketch({
      components: {
        consul: { kind: 'registry', traits: { 'validates-registration': true } },
        eureka: { kind: 'registry', traits: { 'validates-registration': false } },
      },
    }),
  },
}
