import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const store = { 'shop-db': { kind: 'store' as const } }

export const examples: RuleExamples = {
  good: {
    'asks itself alone': sketch({
      components: { shop: { liveness: { question: 'GET :8080/live', asks: [] } }, ...store },
    }),
    'readiness may ask': sketch({
      components: {
        shop: {
          liveness: { question: 'GET :8080/live' },
          readiness: { question: 'GET :8080/ready', asks: ['shop-db'] },
        },
        ...store,
      },
    }),
  },
  bad: {
    'asks the store': sketch({
      components: { shop: { liveness: { question: 'GET :8080/health', asks: ['shop-db'] } }, ...store },
    }),
    'two ask the same store': sketch({
      components: {
        shop: { liveness: { question: 'GET :8080/health', asks: ['shop-db'] } },
        stock: { liveness: { question: 'pg_isready -h shop-db', asks: ['shop-db'] } },
        ...store,
      },
    }),
  },
}
