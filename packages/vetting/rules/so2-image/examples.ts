import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const backend = { image: 'registry.example/shop/backend:1.4.0' }

export const examples: RuleExamples = {
  good: {
    'one image each': sketch({
      components: { orders: backend, stock: { image: 'registry.example/shop/stock:2.0.1' } },
    }),
    'a product in two places': sketch({
      components: { pages: { image: 'nginx:1.29' }, downloads: { image: 'nginx:1.29' } },
    }),
    'stores of one product': sketch({
      components: {
        'orders-db': { kind: 'store', image: 'registry.example/base/postgres:18' },
        'stock-db': { kind: 'store', image: 'registry.example/base/postgres:18' },
      },
    }),
  },
  bad: {
    'two names, one build': sketch({ components: { orders: backend, stock: backend } }),
    'three names, one build': sketch({
      components: {
        orders: { image: 'acme/shop:9' },
        stock: { image: 'acme/shop:9' },
        mail: { image: 'acme/shop:9' },
      },
    }),
  },
}
