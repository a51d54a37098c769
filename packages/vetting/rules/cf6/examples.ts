import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, stock: {} }

export const examples: RuleExamples = {
  good: {
    'bounded each': sketch({
      components,
      calls: { 'shop -> prices': { bulkhead: true }, 'shop -> stock': { bulkhead: true } },
    }),
    'there is nothing else to keep free': sketch({
      components,
      calls: { 'shop -> prices': { bulkhead: false } },
    }),
  },
  bad: {
    'prices can take all': sketch({
      components,
      calls: { 'shop -> prices': { bulkhead: false }, 'shop -> stock': { bulkhead: true } },
    }),
    'the shop bounds nothing': sketch({
      components: { ...components, shop: { traits: { bulkhead: false } } },
      calls: { 'shop -> prices': {}, 'shop -> stock': {} },
    }),
  },
}
