import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const asksStore = { readiness: { question: 'GET :8080/ready', asks: ['shop-db'] } }
const alone = { readiness: { question: 'GET :8080/ready' } }
const store = { 'shop-db': { kind: 'store' as const } }

export const examples: RuleExamples = {
  good: {
    'each asks itself': sketch({ components: { shop: alone, stock: alone, ...store } }),
    'one asks its own store': sketch({ components: { shop: asksStore, stock: alone, ...store } }),
  },
  bad: {
    'two ask one store': sketch({ components: { shop: asksStore, stock: asksStore, ...store } }),
    'three ask one store': sketch({
      components: { shop: asksStore, stock: asksStore, prices: asksStore, ...store },
    }),
  },
}
