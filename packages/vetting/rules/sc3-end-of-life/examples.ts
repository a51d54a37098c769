import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    supported: sketch({ components: { 'orders-data': { kind: 'store', image: 'mongo:8.0' } } }),
    'somebody else’s image': sketch({
      components: { 'orders-data': { kind: 'store', image: 'shop/mongo:3.4' } },
    }),
    'a major version that moves': sketch({
      components: { 'orders-data': { kind: 'store', image: 'mysql:8' } },
    }),
  },
  bad: {
    'a store of long ago': sketch({ components: { 'orders-data': { kind: 'store', image: 'mongo:3.4' } } }),
    'a broker of long ago': sketch({
      components: { queue: { kind: 'broker', image: 'rabbitmq:3.6.8-management' } },
    }),
  },
}
