import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'namespaces of its own': sketch({
      components: { checkout: { hardening: { hostPid: false, hostIpc: false } } },
    }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'the host’s processes': sketch({
      components: { agent: { hardening: { hostPid: true, hostIpc: false } } },
    }),
    'the host’s IPC': sketch({ components: { agent: { hardening: { hostPid: false, hostIpc: true } } } }),
  },
}
