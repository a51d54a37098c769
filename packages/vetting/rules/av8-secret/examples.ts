import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shared = { secrets: ['database-password'] }

export const examples: RuleExamples = {
  good: {
    'one each': sketch({
      components: {
        shop: { secrets: ['shop-key'] },
        orders: { secrets: ['orders-key'] },
        prices: { secrets: ['prices-key'] },
      },
    }),
    'two ends of one connection': sketch({
      components: { shop: shared, 'shop-db': { kind: 'store', ...shared }, prices: {}, orders: {} },
    }),
  },
  bad: {
    'everybody has the same password': sketch({
      components: { shop: shared, orders: shared, prices: shared },
    }),
    'most have the same password': sketch({
      components: {
        shop: shared,
        orders: shared,
        prices: { secrets: ['prices-key', 'database-password'] },
        mail: {},
      },
    }),
  },
}
