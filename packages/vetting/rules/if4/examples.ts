import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one door': sketch({
      components: { router: { kind: 'gateway', published: [{ port: '443' }] }, orders: {} },
      calls: { 'router -> orders': {} },
    }),
    'no gateway, so nothing to go around': sketch({
      components: { orders: { published: [{ port: '8080' }] } },
    }),
    'on this machine alone': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }] },
        orders: { published: [{ port: '8080', address: '127.0.0.1' }] },
      },
    }),
  },
  bad: {
    'a service is published too': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }] },
        orders: { published: [{ port: '8080' }] },
      },
      calls: { 'router -> orders': {} },
    }),
    'a client that knows a shortcut': sketch({
      components: {
        app: { kind: 'client' },
        router: { kind: 'gateway', published: [{ port: '443' }] },
        orders: {},
      },
      calls: { 'app -> orders': {}, 'app -> router': {} },
    }),
  },
}
