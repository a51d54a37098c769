import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'exchanges it': sketch({
      components: {
        router: {
          kind: 'gateway',
          published: [{ port: '443' }],
          traits: { authenticates: true, 'transforms-identity': true },
        },
      },
    }),
    'there is none to exchange': sketch({
      components: {
        router: {
          kind: 'gateway',
          published: [{ port: '443' }],
          traits: { authenticates: false, 'transforms-identity': false },
        },
      },
    }),
  },
  bad: {
    'hands it on': sketch({
      components: {
        router: {
          kind: 'gateway',
          published: [{ port: '443' }],
          traits: { authenticates: true, 'transforms-identity': false },
        },
      },
    }),
    'a service at the edge': sketch({
      components: {
        portal: {
          published: [{ port: '443' }],
          traits: { authenticates: true, 'transforms-identity': false },
        },
      },
    }),
  },
}
