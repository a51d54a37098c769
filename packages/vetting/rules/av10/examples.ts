import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const operations = {
  'orders.place': { access: 'consumers' },
  'prices.quote': { access: 'services' },
  'rates.today': { access: 'services' },
} as const
const components = { orders: {}, prices: {}, rates: {} }

export const examples: RuleExamples = {
  good: {
    'nobody needs the rates': sketch({
      components,
      operations,
      calls: {
        'orders.place -> prices.quote': { required: true },
        'orders.place -> rates.today': { required: false },
        'prices.quote -> rates.today': { required: false },
      },
    }),
    'whether prices needs them is not known': sketch({
      components,
      operations,
      calls: {
        'orders.place -> prices.quote': { required: true },
        'orders.place -> rates.today': { required: false },
        'prices.quote -> rates.today': {},
      },
    }),
  },
  bad: {
    'prices needs the rates': sketch({
      components,
      operations,
      calls: {
        'orders.place -> prices.quote': { required: true },
        'orders.place -> rates.today': { required: false },
        'prices.quote -> rates.today': { required: true },
      },
    }),
    'between components': sketch({
      components: { shop: { published: [{ port: '443' }] }, prices: {}, rates: {} },
      calls: {
        'shop -> prices': { required: true },
        'shop -> rates': { required: false },
        'prices -> rates': { required: true },
      },
    }),
  },
}
