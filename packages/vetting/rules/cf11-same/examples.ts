import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const live = { question: 'GET :8080/live' }
const health = { question: 'GET :8080/health' }

export const examples: RuleExamples = {
  good: {
    'two questions': sketch({
      components: { shop: { liveness: live, readiness: { question: 'GET :8080/ready' } } },
    }),
    'one of them is missing': sketch({ components: { shop: { liveness: health, readiness: false } } }),
  },
  bad: {
    'one question': sketch({ components: { shop: { liveness: health, readiness: health } } }),
    'one question in two services': sketch({
      components: {
        shop: { liveness: health, readiness: health },
        stock: { liveness: live, readiness: live },
      },
    }),
  },
}
