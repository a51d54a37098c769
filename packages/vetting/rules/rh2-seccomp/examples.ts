import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'the default filter': sketch({ components: { checkout: { hardening: { seccomp: true } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    unconfined: sketch({ components: { checkout: { hardening: { seccomp: false } } } }),
    'two services': sketch({
      components: { cart: { hardening: { seccomp: false } }, orders: { hardening: { seccomp: false } } },
    }),
  },
}
