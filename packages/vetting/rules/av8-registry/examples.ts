import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shop = { image: 'registry:5000/shop/orders:1.4' }

export const examples: RuleExamples = {
  good: {
    'a registry outside': sketch({ components: { orders: { image: 'registry.example/shop/orders:1.4' } } }),
    'a registry that runs twice': sketch({
      components: { orders: shop, registry: { kind: 'store', replicas: 2 } },
    }),
    'how often it runs is not known': sketch({ components: { orders: shop, registry: { kind: 'store' } } }),
  },
  bad: {
    'a registry inside': sketch({ components: { orders: shop, registry: { kind: 'store', replicas: 1 } } }),
    'by its name in the cluster': sketch({
      components: {
        orders: { image: 'images.shop.svc:5000/orders:2' },
        stock: { image: 'images.shop.svc:5000/stock:2' },
        images: { replicas: 1 },
      },
    }),
  },
}
