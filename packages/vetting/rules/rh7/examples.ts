import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'named rights': sketch({
      components: { operator: {} },
      objects: {
        'Role shop/operator': {
          grants: [{ holder: 'operator', verbs: ['get', 'list'], resources: ['pods'] }],
        },
      },
    }),
    'no role': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'administrator of the cluster': sketch({
      objects: { 'ClusterRole admin': { grants: [{ holder: 'ci', verbs: ['*'], resources: ['*'] }] } },
    }),
    'any verb': sketch({
      objects: { 'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['*'], resources: ['deployments'] }] } },
    }),
  },
}
