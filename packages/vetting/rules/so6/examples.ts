import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const operations = { 'orders.place': { access: 'consumers' } } as const
const calls = { 'orders.place -> prices': {}, 'orders.place -> stock': {}, 'orders.place -> mail': {} }

export const examples: RuleExamples = {
  good: {
    'one team owns most': sketch({
      components: {
        orders: { owner: 'shop' },
        prices: { owner: 'shop' },
        stock: { owner: 'warehouse' },
        mail: { owner: 'shop' },
      },
      operations,
      calls,
    }),
    'the mail is optional': sketch({
      components: {
        orders: { owner: 'shop' },
        prices: { owner: 'finance' },
        stock: { owner: 'warehouse' },
        mail: { owner: 'marketing' },
      },
      operations,
      calls: { ...calls, 'orders.place -> mail': { required: false } },
    }),
    'who owns the others is not known': sketch({
      components: { orders: { owner: 'shop' }, prices: {}, stock: {}, mail: {} },
      operations,
      calls,
    }),
  },
  bad: {
    'four teams for one order': sketch({
      components: {
        orders: { owner: 'shop' },
        prices: { owner: 'finance' },
        stock: { owner: 'warehouse' },
        mail: { owner: 'marketing' },
      },
      operations,
      calls,
    }),
    'five teams in a row': sketch({
      components: {
        shop: { owner: 'web', published: [{ port: '443' }] },
        orders: { owner: 'orders' },
        prices: { owner: 'finance' },
        rates: { owner: 'treasury' },
        markets: { owner: 'data' },
      },
      calls: { 'shop -> orders': {}, 'orders -> prices': {}, 'prices -> rates': {}, 'rates -> markets': {} },
    }),
  },
}
