import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'reads pods': sketch({
      objects: {
        'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['get'], resources: ['pods', 'pods/log'] }] },
      },
    }),
    'no role': sketch({ components: { checkout: {} } }),
  },
  bad: {
    'commands in pods': sketch({
      objects: {
        'Role shop/ci': { grants: [{ holder: 'ci', verbs: ['create'], resources: ['pods/exec'] }] },
      },
    }),
    'in the name of others': sketch({
      objects: {
        'ClusterRole portal': {
          grants: [{ holder: 'portal', verbs: ['impersonate'], resources: ['users'] }],
        },
      },
    }),
  },
}
