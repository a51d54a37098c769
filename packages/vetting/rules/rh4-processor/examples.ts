import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    limited: sketch({ components: { checkout: { hardening: { processorLimit: '500m' } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'no limit': sketch({ components: { checkout: { hardening: { processorLimit: false } } } }),
    'one forgotten': sketch({
      components: {
        cart: { hardening: { processorLimit: '0.5' } },
        orders: { hardening: { processorLimit: false } },
      },
    }),
  },
}
