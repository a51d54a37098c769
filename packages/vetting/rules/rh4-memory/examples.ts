import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    limited: sketch({ components: { checkout: { hardening: { memoryLimit: '256Mi' } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'no limit': sketch({ components: { checkout: { hardening: { memoryLimit: false } } } }),
    'one forgotten': sketch({
      components: {
        cart: { hardening: { memoryLimit: '64M' } },
        orders: { hardening: { memoryLimit: false } },
      },
    }),
  },
}
