import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, stock: {} }
const equal = { attempts: 3, backoff: true, jitter: false }

export const examples: RuleExamples = {
  good: {
    'random pauses': sketch({ components, calls: { 'shop -> prices': { ...equal, jitter: true } } }),
    'no pause at all is another matter': sketch({
      components,
      calls: { 'shop -> prices': { ...equal, backoff: false } },
    }),
  },
  bad: {
    'equal pauses': sketch({ components, calls: { 'shop -> prices': equal } }),
    'equal pauses of two callers': sketch({
      components,
      calls: { 'shop -> prices': equal, 'stock -> prices': equal },
    }),
  },
}
