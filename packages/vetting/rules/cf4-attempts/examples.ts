import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, mail: {} }

export const examples: RuleExamples = {
  good: {
    'three attempts': sketch({ components, calls: { 'shop -> prices': { attempts: 3 } } }),
    'the mail is delivered when it can be': sketch({
      components,
      calls: { 'shop -> mail': { attempts: 50, synchronous: false } },
    }),
  },
  bad: {
    'ten attempts': sketch({ components, calls: { 'shop -> prices': { attempts: 10 } } }),
    'two calls, again and again': sketch({
      components,
      calls: { 'shop -> prices': { attempts: 6 }, 'prices -> mail': { attempts: 20, synchronous: true } },
    }),
  },
}
