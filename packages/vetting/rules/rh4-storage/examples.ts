import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    limited: sketch({ components: { checkout: { hardening: { storageLimit: '1Gi' } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'no limit': sketch({ components: { checkout: { hardening: { storageLimit: false } } } }),
    'one forgotten': sketch({
      components: {
        cart: { hardening: { storageLimit: '1Gi' } },
        orders: { hardening: { storageLimit: false } },
      },
    }),
  },
}
