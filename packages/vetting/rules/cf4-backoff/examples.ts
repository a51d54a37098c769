import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, stock: {} }

export const examples: RuleExamples = {
  good: {
    'with a pause': sketch({ components, calls: { 'shop -> prices': { attempts: 3, backoff: true } } }),
    'one attempt': sketch({ components, calls: { 'shop -> prices': { attempts: 1, backoff: false } } }),
    'not known': sketch({ components, calls: { 'shop -> prices': { attempts: 3 } } }),
  },
  bad: {
    'at once': sketch({ components, calls: { 'shop -> prices': { attempts: 3, backoff: false } } }),
    'at once, for two callees': sketch({
      components,
      calls: {
        'shop -> prices': { attempts: 2, backoff: false },
        'shop -> stock': { attempts: 2, backoff: false },
      },
    }),
  },
}
