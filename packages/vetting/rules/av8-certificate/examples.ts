import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const wildcard = { certificates: ['*.shop.example'] }

export const examples: RuleExamples = {
  good: {
    'one each': sketch({
      components: {
        shop: { certificates: ['shop'] },
        orders: { certificates: ['orders'] },
        prices: { certificates: ['prices'] },
      },
    }),
    'two of many share one': sketch({
      components: { shop: wildcard, orders: wildcard, prices: {}, stock: {}, mail: {} },
    }),
  },
  bad: {
    'one wildcard for all': sketch({ components: { shop: wildcard, orders: wildcard, prices: wildcard } }),
    'one wildcard for most': sketch({
      components: {
        shop: wildcard,
        orders: wildcard,
        prices: wildcard,
        mail: { certificates: ['mail'] },
        stock: {},
      },
    }),
  },
}
