import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a secret of the platform': sketch({
      components: { orders: { plainSecrets: [], secrets: ['orders-db'] } },
    }),
    none: sketch({ components: { orders: {} } }),
  },
  bad: {
    'a password': sketch({ components: { orders: { plainSecrets: ['DB_PASSWORD'] } } }),
    'in two places': sketch({
      components: {
        orders: { plainSecrets: ['DB_PASSWORD'] },
        'orders-data': { kind: 'store', plainSecrets: ['POSTGRES_PASSWORD'] },
      },
    }),
  },
}
