import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a registry with a name': sketch({
      components: { checkout: { image: 'registry.example/shop/checkout:1.4' } },
    }),
    'bytes that are known': sketch({
      components: {
        checkout: {
          image:
            'localhost:5000/checkout@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1',
        },
      },
    }),
  },
  bad: {
    'a bare address': sketch({ components: { checkout: { image: '10.0.0.7:5000/checkout:1.4' } } }),
    'the machine itself': sketch({ components: { checkout: { image: 'localhost:5000/checkout:1.4' } } }),
  },
}
