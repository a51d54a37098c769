import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, orders: {}, payments: {} }

export const examples: RuleExamples = {
  good: {
    'shorter inwards': sketch({
      components,
      calls: {
        'shop -> orders': { timeoutMs: 3_000 },
        'orders -> payments': { timeoutMs: 1_000, attempts: 2 },
      },
    }),
    'how long orders waits is not known': sketch({
      components,
      calls: { 'shop -> orders': { timeoutMs: 1_000 }, 'orders -> payments': {} },
    }),
  },
  bad: {
    'longer inwards': sketch({
      components,
      calls: { 'shop -> orders': { timeoutMs: 1_000 }, 'orders -> payments': { timeoutMs: 2_000 } },
    }),
    'longer with its attempts': sketch({
      components,
      calls: {
        'shop -> orders': { timeoutMs: 3_000 },
        'orders -> payments': { timeoutMs: 2_000, attempts: 3 },
      },
    }),
  },
}
