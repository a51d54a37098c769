import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a named account': sketch({
      objects: { 'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['get'], resources: ['pods'] }] } },
    }),
    'no role': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'anonymous callers': sketch({
      objects: {
        'ClusterRoleBinding open': {
          grants: [{ holder: 'system:anonymous', verbs: ['get'], resources: ['pods'] }],
        },
      },
    }),
    'whoever has an account': sketch({
      objects: {
        'ClusterRoleBinding all': {
          grants: [{ holder: 'Group system:authenticated', verbs: ['create'], resources: ['pods'] }],
        },
      },
    }),
  },
}
