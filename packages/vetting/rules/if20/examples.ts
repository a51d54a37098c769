import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'the door asks': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: true } },
        'users-data': { kind: 'store', holds: ['personal'] },
      },
      calls: { 'router -> users-data': { authentication: 'none' } },
    }),
    'a step that is not known': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: false } },
        users: {},
        'users-data': { kind: 'store', holds: ['personal'] },
      },
      calls: { 'router -> users': {}, 'users -> users-data': { authentication: 'none' } },
    }),
    'the store asks': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: false } },
        'users-data': { kind: 'store', holds: ['personal'] },
      },
      calls: { 'router -> users-data': { authentication: 'password' } },
    }),
  },
  bad: {
    'three open doors in a row': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { authenticates: false } },
        users: {},
        'users-data': { kind: 'store', holds: ['personal'] },
      },
      calls: {
        'router -> users': { authentication: 'none' },
        'users -> users-data': { authentication: 'none' },
      },
    }),
    'a store of which the content is not known': sketch({
      components: {
        portal: { published: [{ port: '80' }], traits: { authenticates: false } },
        'orders-data': { kind: 'store' },
      },
      calls: { 'portal -> orders-data': { authentication: 'none' } },
    }),
  },
}
