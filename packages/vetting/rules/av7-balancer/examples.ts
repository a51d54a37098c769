import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'spread over both': sketch({
      components: { shop: {}, prices: { replicas: 2 } },
      calls: { 'shop -> prices': { balanced: true } },
    }),
    'there is one replica to go to': sketch({
      components: { shop: {}, prices: { replicas: 1 } },
      calls: { 'shop -> prices': { balanced: false } },
    }),
    'not known': sketch({
      components: { shop: {}, prices: { replicas: 2 } },
      calls: { 'shop -> prices': {} },
    }),
  },
  bad: {
    'always the first replica': sketch({
      components: { shop: {}, prices: { replicas: 2 } },
      calls: { 'shop -> prices': { balanced: false } },
    }),
    'the gateway balances nothing': sketch({
      components: { edge: { kind: 'gateway', traits: { 'load-balancer': false } }, shop: { replicas: 3 } },
      calls: { 'edge -> shop': {} },
    }),
  },
}
