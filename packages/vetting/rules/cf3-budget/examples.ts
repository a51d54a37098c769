import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, stock: {} }

export const examples: RuleExamples = {
  good: {
    'a tenth at most': sketch({
      components,
      calls: { 'shop -> prices': { attempts: 5, retryBudget: true } },
    }),
    'two attempts': sketch({ components, calls: { 'shop -> prices': { attempts: 2, retryBudget: false } } }),
    'not known': sketch({ components, calls: { 'shop -> prices': { attempts: 5 } } }),
  },
  bad: {
    'three times everything': sketch({
      components,
      calls: { 'shop -> prices': { attempts: 3, retryBudget: false } },
    }),
    'two callees': sketch({
      components,
      calls: {
        'shop -> prices': { attempts: 4, retryBudget: false },
        'shop -> stock': { attempts: 4, retryBudget: false },
      },
    }),
  },
}
