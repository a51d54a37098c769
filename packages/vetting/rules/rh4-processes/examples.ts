import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    limited: sketch({ components: { checkout: { hardening: { processLimit: '200' } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'no limit': sketch({ components: { checkout: { hardening: { processLimit: false } } } }),
    'two services': sketch({
      components: {
        cart: { hardening: { processLimit: false } },
        orders: { hardening: { processLimit: false } },
      },
    }),
  },
}
