import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    asked: sketch({ components: { orders: { readiness: { question: 'GET :8080/ready' } } } }),
    'asked whether it lives': sketch({
      components: { orders: { liveness: { question: 'GET :8080/live' }, readiness: false } },
    }),
    'not known': sketch({ components: { orders: {} } }),
  },
  bad: {
    'never asked': sketch({ components: { orders: { liveness: false, readiness: false } } }),
    'one of two': sketch({
      components: { cart: { readiness: { question: 'GET :8080/ready' } }, orders: { readiness: false } },
    }),
  },
}
