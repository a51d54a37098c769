import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a service and its proxy': sketch({ components: { shop: { containers: ['shop', 'istio-proxy'] } } }),
    'a store and what measures it': sketch({
      components: { 'shop-db': { kind: 'store', containers: ['postgres', 'postgres-exporter'] } },
    }),
  },
  bad: {
    'orders and mail': sketch({ components: { backend: { containers: ['orders', 'mail'] } } }),
    'everything, with its proxy': sketch({
      components: { backend: { containers: ['orders', 'mail', 'stock', 'envoy'] }, shop: {} },
    }),
  },
}
