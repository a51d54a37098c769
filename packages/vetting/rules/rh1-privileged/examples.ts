import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'an ordinary container': sketch({ components: { checkout: { hardening: { privileged: false } } } }),
    'nothing is known': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'a privileged build agent': sketch({ components: { builder: { hardening: { privileged: true } } } }),
    'two of three': sketch({
      components: {
        builder: { hardening: { privileged: true } },
        checkout: { hardening: { privileged: false } },
        scanner: { hardening: { privileged: true } },
      },
    }),
  },
}
