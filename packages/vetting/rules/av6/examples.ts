import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shop = { replicas: 2, published: [{ port: '443' }] }
const prices = { replicas: 2 }
const atStart = { required: true, synchronous: false }

export const examples: RuleExamples = {
  good: {
    'two registries': sketch({
      components: { shop, prices, registry: { kind: 'registry', replicas: 2 } },
      calls: { 'shop -> registry': atStart, 'prices -> registry': atStart },
    }),
    'one part alone uses it': sketch({
      components: { shop, prices, settings: { kind: 'configuration', replicas: 1 } },
      calls: { 'shop -> prices': {}, 'prices -> settings': atStart },
    }),
    'entries wait for it: that is a single point of failure': sketch({
      components: { shop, prices, logins: { kind: 'identity-provider', replicas: 1 } },
      calls: { 'shop -> logins': {}, 'shop -> prices': {}, 'prices -> logins': {} },
    }),
  },
  bad: {
    'one registry for all': sketch({
      components: { shop, prices, registry: { kind: 'registry', replicas: 1 } },
      calls: { 'shop -> registry': atStart, 'prices -> registry': atStart },
    }),
    'one broker for all events': sketch({
      components: { shop, prices, events: { kind: 'broker', replicas: 1 } },
      calls: { 'shop -> events': { synchronous: false }, 'prices -> events': { synchronous: false } },
    }),
  },
}
