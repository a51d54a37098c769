import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'reached from inside': sketch({ components: { 'orders-data': { kind: 'store', ports: ['5432'] } } }),
    'on this machine alone': sketch({
      components: { 'orders-data': { kind: 'store', published: [{ port: '5432', address: '127.0.0.1' }] } },
    }),
  },
  bad: {
    'a published database': sketch({
      components: { 'orders-data': { kind: 'store', published: [{ port: '5432' }] } },
    }),
    'a cache without a password': sketch({
      components: {
        sessions: { kind: 'cache', published: [{ port: '6379' }], traits: { authenticates: false } },
      },
    }),
    'a registry and a configuration server': sketch({
      components: {
        eureka: { kind: 'registry', published: [{ port: '8761' }] },
        config: { kind: 'configuration', published: [{ port: '8888' }] },
      },
    }),
  },
}
