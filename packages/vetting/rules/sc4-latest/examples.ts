import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a version': sketch({ components: { checkout: { image: 'shop/checkout:1.4' } } }),
    'a digest': sketch({
      components: {
        checkout: {
          image: 'shop/checkout@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1',
        },
      },
    }),
    'a variable decides': sketch({ components: { checkout: { image: 'shop/checkout:${VERSION}' } } }),
  },
  bad: {
    latest: sketch({ components: { checkout: { image: 'shop/checkout:latest' } } }),
    'no tag': sketch({ components: { checkout: { image: 'registry.example:5000/shop/checkout' } } }),
  },
}
