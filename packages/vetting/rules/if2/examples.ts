import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    decides: sketch({
      components: { router: { kind: 'gateway', published: [{ port: '443' }], traits: { authorises: true } } },
    }),
    'not known': sketch({ components: { router: { kind: 'gateway', published: [{ port: '443' }] } } }),
  },
  bad: {
    'a gateway that lets through': sketch({
      components: {
        router: {
          kind: 'gateway',
          published: [{ port: '443' }],
          traits: { authenticates: true, authorises: false },
        },
      },
    }),
    'a service with a client': sketch({
      components: {
        orders: { traits: { authenticates: true, authorises: false } },
        customer: { kind: 'client' },
      },
      calls: { 'customer -> orders': { authentication: 'oauth2' } },
    }),
  },
}
