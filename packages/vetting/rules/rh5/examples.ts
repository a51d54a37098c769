import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'by digest': sketch({
      components: {
        checkout: {
          image:
            'registry.example/checkout:1.4@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1',
        },
      },
    }),
    'built here': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'by tag': sketch({ components: { 'orders-data': { kind: 'store', image: 'mongo:8.0' } } }),
    'a registry with a port': sketch({
      components: { checkout: { image: 'registry.example:5000/checkout:1.4' } },
    }),
  },
}
