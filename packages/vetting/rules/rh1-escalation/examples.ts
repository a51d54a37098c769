import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'no new privileges': sketch({ components: { checkout: { hardening: { escalation: false } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'left as it is': sketch({ components: { checkout: { hardening: { escalation: true } } } }),
    'two services': sketch({
      components: { cart: { hardening: { escalation: true } }, orders: { hardening: { escalation: true } } },
    }),
  },
}
