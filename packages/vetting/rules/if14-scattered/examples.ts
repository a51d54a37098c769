import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'logins alone': sketch({
      components: { accounts: { traits: { login: true } } },
      operations: { 'accounts.login': {}, 'accounts.token': {} },
    }),
    'no logins': sketch({ components: { orders: {} }, operations: { 'orders.place': {} } }),
  },
  bad: {
    'orders beside logins': sketch({
      components: { shop: { traits: { login: true } } },
      operations: { 'shop.login': {}, 'shop.order': {} },
    }),
    'tokens beside reports': sketch({
      components: { portal: { traits: { 'issues-tokens': true } } },
      operations: { 'portal.token': {}, 'portal.report': {}, 'portal.export': {} },
    }),
  },
}
