import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'asked both': sketch({
      components: {
        orders: { liveness: { question: 'GET :8080/live' }, readiness: { question: 'GET :8080/ready' } },
      },
    }),
    'asked nothing': sketch({ components: { orders: { liveness: false, readiness: false } } }),
  },
  bad: {
    'asked whether it lives': sketch({
      components: { orders: { liveness: { question: 'GET :8080/live' }, readiness: false } },
    }),
    'one of two': sketch({
      components: {
        cart: { liveness: { question: 'GET /live' }, readiness: { question: 'GET /ready' } },
        orders: { liveness: { question: 'GET /live' }, readiness: false },
      },
    }),
  },
}
