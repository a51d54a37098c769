import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const prices = { traits: {} }

export const examples: RuleExamples = {
  good: {
    'the call has a breaker': sketch({
      components: { shop: { traits: { 'circuit-breaker': false } }, prices },
      calls: { 'shop -> prices': { circuitBreaker: true } },
    }),
    'the caller has one for all calls': sketch({
      components: { shop: { traits: { 'circuit-breaker': true } }, prices },
      calls: { 'shop -> prices': {} },
    }),
    'not known': sketch({ components: { shop: {}, prices }, calls: { 'shop -> prices': {} } }),
    'the runtime leaves failing replicas out': sketch({
      components: { shop: { technology: 'plimsoll' }, prices },
      calls: { 'shop -> prices': {} },
    }),
  },
  bad: {
    'no breaker on the call': sketch({
      components: { shop: {}, prices },
      calls: { 'shop -> prices': { circuitBreaker: false } },
    }),
    'no breaker in the gateway': sketch({
      components: { edge: { kind: 'gateway', traits: { 'circuit-breaker': false } }, shop: {}, prices },
      calls: { 'edge -> shop': {}, 'edge -> prices': {} },
    }),
  },
}
