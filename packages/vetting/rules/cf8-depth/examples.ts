import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shop = { published: [{ port: '443' }] }
const chain = {
  'shop -> orders': {},
  'orders -> prices': {},
  'prices -> rates': {},
  'rates -> currencies': {},
  'currencies -> markets': {},
}
const components = { shop, orders: {}, prices: {}, rates: {}, currencies: {}, markets: {}, quotes: {} }

export const examples: RuleExamples = {
  good: {
    'five behind the shop': sketch({ components, calls: chain }),
    'the last one is not waited for': sketch({
      components,
      calls: { ...chain, 'markets -> quotes': { synchronous: false } },
    }),
    'the end is a store': sketch({
      components: { ...components, 'markets-db': { kind: 'store' } },
      calls: { ...chain, 'markets -> markets-db': {} },
    }),
  },
  bad: {
    'six behind the shop': sketch({ components, calls: { ...chain, 'markets -> quotes': {} } }),
    'seven behind the shop': sketch({
      components: { ...components, feeds: {} },
      calls: { ...chain, 'markets -> quotes': {}, 'quotes -> feeds': {} },
    }),
  },
}
