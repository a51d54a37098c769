import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'an account of its own': sketch({
      components: { checkout: { hardening: { serviceAccount: 'checkout' } } },
    }),
    'a platform without accounts': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'the default account': sketch({ components: { checkout: { hardening: { serviceAccount: 'default' } } } }),
    'with its namespace': sketch({
      components: { checkout: { hardening: { serviceAccount: 'shop/default' } } },
    }),
  },
}
