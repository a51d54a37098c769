import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const components = { shop: { published: [{ port: '443' }] }, prices: {}, bank: { kind: 'external' as const } }

export const examples: RuleExamples = {
  good: {
    'two seconds': sketch({ components, calls: { 'shop -> prices': { timeoutMs: 2_000 } } }),
    'the nightly report may take its time': sketch({
      components: { ...components, report: {} },
      calls: { 'shop -> prices': { timeoutMs: 500 }, 'report -> prices': { timeoutMs: 600_000 } },
    }),
  },
  bad: {
    'two minutes': sketch({ components, calls: { 'shop -> prices': { timeoutMs: 120_000 } } }),
    'five minutes for the bank': sketch({
      components,
      calls: { 'shop -> prices': { timeoutMs: 500 }, 'prices -> bank': { timeoutMs: 300_000 } },
    }),
  },
}
