import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'other resources': sketch({
      objects: { 'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['list'], resources: ['configmaps'] }] } },
    }),
    'creates secrets': sketch({
      objects: {
        'Role shop/issuer': { grants: [{ holder: 'issuer', verbs: ['create'], resources: ['secrets'] }] },
      },
    }),
  },
  bad: {
    'lists secrets': sketch({
      objects: { 'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['list'], resources: ['secrets'] }] } },
    }),
    'watches secrets in the cluster': sketch({
      objects: {
        'ClusterRole sync': {
          grants: [{ holder: 'sync', verbs: ['watch', 'get'], resources: ['secrets', 'configmaps'] }],
        },
      },
    }),
  },
}
