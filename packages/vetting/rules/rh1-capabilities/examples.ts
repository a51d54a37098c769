import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'what every container has': sketch({
      components: { router: { hardening: { capabilitiesAdded: ['NET_BIND_SERVICE'] } } },
    }),
    'not known': sketch({ components: { router: { hardening: { root: false } } } }),
  },
  bad: {
    'as good as root of the host': sketch({
      components: { agent: { hardening: { capabilitiesAdded: ['CAP_SYS_ADMIN'] } } },
    }),
    'the traffic of others': sketch({
      components: { router: { hardening: { capabilitiesAdded: ['NET_ADMIN', 'CHOWN'] } } },
    }),
  },
}
