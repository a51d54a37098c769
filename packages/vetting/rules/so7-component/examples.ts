import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, orders: {}, prices: {}, stock: {} }
const calls = { 'shop -> orders': {}, 'orders -> prices': {}, 'orders -> stock': {} }

export const examples: RuleExamples = {
  good: {
    'all are connected': sketch({ components, calls }),
    'the files tell no calls': sketch({ components }),
    'people come to it': sketch({
      components: { ...components, help: { published: [{ port: '80' }] } },
      calls,
    }),
  },
  bad: {
    'a store that was forgotten': sketch({
      components: { ...components, 'old-db': { kind: 'store' } },
      calls,
    }),
    'a service that was forgotten': sketch({ components: { ...components, vouchers: {} }, calls }),
  },
}
