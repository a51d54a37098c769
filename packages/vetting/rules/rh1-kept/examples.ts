import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'all dropped': sketch({ components: { checkout: { hardening: { capabilitiesDropped: ['all'] } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'none dropped': sketch({ components: { checkout: { hardening: { capabilitiesDropped: [] } } } }),
    'one dropped': sketch({ components: { checkout: { hardening: { capabilitiesDropped: ['NET_RAW'] } } } }),
  },
}
