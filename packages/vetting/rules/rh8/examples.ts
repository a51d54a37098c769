import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'as a file': sketch({ components: { orders: { secrets: ['orders-db'], environmentSecrets: [] } } }),
    'no secret': sketch({ components: { orders: {} } }),
  },
  bad: {
    'as a variable': sketch({
      components: { orders: { secrets: ['orders-db'], environmentSecrets: ['orders-db'] } },
    }),
    'in two services': sketch({
      components: { cart: { environmentSecrets: ['cache'] }, orders: { environmentSecrets: ['orders-db'] } },
    }),
  },
}
