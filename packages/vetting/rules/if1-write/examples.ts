import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'changes nothing': sketch({
      components: { catalog: {} },
      operations: { 'catalog.list': { access: 'public', safe: true } },
    }),
    'with a credential': sketch({
      components: { orders: {} },
      operations: { 'orders.place': { access: 'consumers', safe: false } },
    }),
    'the way in': sketch({
      components: { users: {} },
      operations: { 'users.login': { access: 'public', safe: false, http: 'POST /login' } },
    }),
  },
  bad: {
    'anybody orders': sketch({
      components: { orders: {} },
      operations: { 'orders.place': { access: 'public', safe: false } },
    }),
    'one of two': sketch({
      components: { reviews: {} },
      operations: {
        'reviews.list': { access: 'public', safe: true },
        'reviews.remove': { access: 'public', safe: false },
      },
    }),
  },
}
