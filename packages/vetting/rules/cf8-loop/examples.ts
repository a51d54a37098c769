import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { page: {}, prices: {}, stock: {} }

export const examples: RuleExamples = {
  good: {
    'two for one request': sketch({ components, calls: { 'page -> prices': { perRequest: 2 } } }),
    'events may be many': sketch({
      components,
      calls: { 'page -> prices': { perRequest: 40, synchronous: false } },
    }),
    'not known': sketch({ components, calls: { 'page -> prices': {} } }),
  },
  bad: {
    'a price for each line': sketch({ components, calls: { 'page -> prices': { perRequest: 40 } } }),
    'price and stock for each line': sketch({
      components,
      calls: { 'page -> prices': { perRequest: 40 }, 'page -> stock': { perRequest: 40 } },
    }),
  },
}
