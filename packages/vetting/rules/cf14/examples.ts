import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: {}, prices: {}, stock: {}, bank: { kind: 'external' as const } }

export const examples: RuleExamples = {
  good: {
    'by name': sketch({ components, calls: { 'shop -> prices': { hardCoded: false } } }),
    'the bank has its address': sketch({ components, calls: { 'shop -> bank': { hardCoded: true } } }),
  },
  bad: {
    'by address': sketch({ components, calls: { 'shop -> prices': { hardCoded: true } } }),
    'two by address': sketch({
      components,
      calls: { 'shop -> prices': { hardCoded: true }, 'shop -> stock': { hardCoded: true } },
    }),
  },
}
