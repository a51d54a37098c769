import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const shop = { replicas: 2, published: [{ port: '443' }] }

export const examples: RuleExamples = {
  good: {
    'the invoices are written twice over': sketch({
      components: { shop, invoices: { replicas: 2 } },
      calls: { 'shop -> invoices': { synchronous: false } },
    }),
    'what an entry needs is another matter': sketch({
      components: { shop, prices: { replicas: 1 } },
      calls: { 'shop -> prices': { synchronous: true } },
    }),
  },
  bad: {
    'one replica writes invoices': sketch({
      components: { shop, invoices: { replicas: 1 } },
      calls: { 'shop -> invoices': { synchronous: false } },
    }),
    'the shop answers without recommendations': sketch({
      components: { shop, recommendations: { replicas: 1 } },
      calls: { 'shop -> recommendations': { required: false } },
    }),
  },
}
