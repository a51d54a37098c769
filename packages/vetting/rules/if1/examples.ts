import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'asks who calls': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: true } },
      },
    }),
    'on this machine alone': sketch({
      components: {
        router: {
          kind: 'gateway',
          published: [{ port: '8080', address: '127.0.0.1' }],
          traits: { authenticates: false },
        },
      },
    }),
    'not known': sketch({ components: { router: { kind: 'gateway', published: [{ port: '443' }] } } }),
    'known from its calls': sketch({
      components: { router: { kind: 'gateway', published: [{ port: '443' }] }, partner: { kind: 'client' } },
      calls: { 'partner -> router': { authentication: 'mutual-tls' } },
    }),
  },
  bad: {
    'a gateway that does not ask': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: false } },
      },
    }),
    'known from its calls': sketch({
      components: { orders: { published: [{ port: '8080' }] }, anyone: { kind: 'client' } },
      calls: { 'anyone -> orders': { authentication: 'none' } },
    }),
  },
}
