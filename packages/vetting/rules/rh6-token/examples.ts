import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'not mounted': sketch({ components: { checkout: { hardening: { accountToken: false } } } }),
    'used for something': sketch({
      components: { operator: { hardening: { accountToken: true, serviceAccount: 'operator' } } },
      objects: {
        'Role shop/operator': {
          targets: ['operator'],
          grants: [{ holder: 'operator', verbs: ['get'], resources: ['pods'] }],
        },
      },
    }),
  },
  bad: {
    'mounted for nothing': sketch({
      components: { checkout: { hardening: { accountToken: true, serviceAccount: 'checkout' } } },
    }),
    'mounted in two': sketch({
      components: {
        cart: { hardening: { accountToken: true } },
        orders: { hardening: { accountToken: true } },
      },
    }),
  },
}
