import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one gateway': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }] },
        cart: {},
        orders: {},
        users: {},
      },
    }),
    'a page and its service': sketch({
      components: {
        page: { published: [{ port: '80' }] },
        orders: { published: [{ port: '8080' }] },
        users: {},
      },
    }),
  },
  bad: {
    'three services, three doors': sketch({
      components: {
        cart: { published: [{ port: '8081' }] },
        orders: { published: [{ port: '8082' }] },
        users: { published: [{ port: '8083' }] },
      },
    }),
    'called by clients': sketch({
      components: { app: { kind: 'client' }, cart: {}, orders: {}, users: {} },
      calls: { 'app -> cart': {}, 'app -> orders': {}, 'app -> users': {} },
    }),
  },
}
