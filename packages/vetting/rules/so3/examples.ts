import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a version': sketch({ components: { shop: { image: 'acme/shop:1.4.0' } } }),
    'a branch, at one digest': sketch({
      components: { shop: { image: `acme/shop:main@sha256:${'ab'.repeat(32)}` } },
    }),
    'a variable decides': sketch({ components: { shop: { image: `acme/shop:\${TAG}` } } }),
  },
  bad: {
    'the main branch': sketch({ components: { shop: { image: 'acme/shop:main' } } }),
    'a stage and a snapshot': sketch({
      components: { shop: { image: 'acme/shop:staging' }, stock: { image: 'acme/stock:1.2-SNAPSHOT' } },
    }),
  },
}
