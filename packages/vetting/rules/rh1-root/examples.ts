import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a user of its own': sketch({ components: { checkout: { hardening: { root: false } } } }),
    'the image decides': sketch({ components: { checkout: { hardening: { privileged: false } } } }),
    'nothing is known': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'user 0': sketch({ components: { checkout: { hardening: { root: true } } } }),
    'one of two': sketch({
      components: { cart: { hardening: { root: false } }, payment: { hardening: { root: true } } },
    }),
  },
}
