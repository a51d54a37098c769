import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, 'shop-db': { kind: 'store' as const } }

export const examples: RuleExamples = {
  good: {
    'gives up after two seconds': sketch({ components, calls: { 'shop -> prices': { timeoutMs: 2_000 } } }),
    'nobody waits for the mail': sketch({
      components: { shop: {}, mail: {} },
      calls: { 'shop -> mail': { synchronous: false, timeoutMs: 0 } },
    }),
    'the timeout is not known': sketch({ components, calls: { 'shop -> prices': {} } }),
    'the runtime gives each call a deadline': sketch({
      components: { shop: { technology: 'plimsoll' }, prices: { technology: 'plimsoll' } },
      calls: { 'shop -> prices': {} },
    }),
  },
  bad: {
    'waits for ever': sketch({ components, calls: { 'shop -> prices': { timeoutMs: 0 } } }),
    'waits for ever, for its store too': sketch({
      components,
      calls: { 'shop -> prices': { timeoutMs: 0 }, 'shop -> shop-db': { timeoutMs: 0 } },
    }),
  },
}
