import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    checked: sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'bearer', audienceChecked: true } },
    }),
    'not known': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'bearer' } },
    }),
  },
  bad: {
    'not checked': sketch({
      components: { cart: {}, orders: {} },
      calls: { 'orders -> cart': { authentication: 'bearer', audienceChecked: false } },
    }),
    'not checked by a part that only the outside calls': sketch({
      components: { router: { kind: 'gateway', traits: { 'checks-audience': false } } },
    }),
    'not checked at the entry': sketch({
      components: { app: { kind: 'client' }, router: { kind: 'gateway', published: [{ port: '443' }] } },
      calls: { 'app -> router': { authentication: 'oauth2', audienceChecked: false } },
    }),
  },
}
