import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a network of its own': sketch({ components: { checkout: { hardening: { hostNetwork: false } } } }),
    'not known': sketch({ components: { checkout: { hardening: { root: false } } } }),
  },
  bad: {
    'a proxy': sketch({ components: { proxy: { kind: 'gateway', hardening: { hostNetwork: true } } } }),
    'an agent': sketch({ components: { agent: { kind: 'monitoring', hardening: { hostNetwork: true } } } }),
  },
}
