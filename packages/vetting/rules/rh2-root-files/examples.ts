import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'read-only': sketch({ components: { checkout: { hardening: { writableRoot: false } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'can be written': sketch({ components: { checkout: { hardening: { writableRoot: true } } } }),
    'two services': sketch({
      components: {
        cart: { hardening: { writableRoot: true } },
        orders: { hardening: { writableRoot: true } },
      },
    }),
  },
}
