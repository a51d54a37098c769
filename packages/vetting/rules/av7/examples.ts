import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'two gateways': sketch({
      components: { edge: { kind: 'gateway', replicas: 2 }, shop: {} },
      calls: { 'edge -> shop': {} },
    }),
    'nobody says how many': sketch({
      components: { edge: { kind: 'gateway' }, shop: {} },
      calls: { 'edge -> shop': {} },
    }),
  },
  bad: {
    'one gateway': sketch({
      components: { edge: { kind: 'gateway', replicas: 1 }, shop: { replicas: 3 } },
      calls: { 'edge -> shop': {} },
    }),
    'one gateway before many': sketch({
      components: { edge: { kind: 'gateway', replicas: 1 }, shop: {}, orders: {}, prices: {}, stock: {} },
      calls: { 'edge -> shop': {}, 'edge -> orders': {}, 'edge -> prices': {}, 'edge -> stock': {} },
    }),
  },
}
