import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    limited: sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { 'rate-limit': true } },
      },
    }),
    inside: sketch({ components: { orders: { traits: { 'rate-limit': false } } } }),
  },
  bad: {
    'a gateway without one': sketch({
      components: {
        router: { kind: 'gateway', published: [{ port: '443' }], traits: { 'rate-limit': false } },
      },
    }),
    'an operation without one': sketch({
      components: { coupons: {} },
      operations: { 'coupons.redeem': { access: 'consumers', rateLimit: false } },
    }),
  },
}
