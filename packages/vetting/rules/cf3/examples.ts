import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { orders: {}, prices: {}, catalog: {} }
const operations = {
  'orders.place': { access: 'consumers' },
  'prices.quote': { access: 'services' },
  'catalog.lookup': { access: 'services' },
} as const

export const examples: RuleExamples = {
  good: {
    'one layer tries again': sketch({
      components,
      operations,
      calls: {
        'orders.place -> prices.quote': { attempts: 3 },
        'prices.quote -> catalog.lookup': { attempts: 1 },
      },
    }),
    'how often the second layer tries is not known': sketch({
      components,
      operations,
      calls: { 'orders.place -> prices.quote': { attempts: 3 }, 'prices.quote -> catalog.lookup': {} },
    }),
  },
  bad: {
    'two layers of three': sketch({
      components,
      operations,
      calls: {
        'orders.place -> prices.quote': { attempts: 3 },
        'prices.quote -> catalog.lookup': { attempts: 3 },
      },
    }),
    'between components': sketch({
      components: { shop: { published: [{ port: '443' }] }, prices: {}, catalog: {} },
      calls: { 'shop -> prices': { attempts: 2 }, 'prices -> catalog': { attempts: 2 } },
    }),
  },
}
