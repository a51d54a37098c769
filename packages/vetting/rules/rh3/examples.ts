import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'no socket': sketch({ components: { runner: { hardening: { engineSocket: false } } } }),
    'nothing is known': sketch({ components: { runner: {} } }),
  },
  bad: {
    'a job runner': sketch({ components: { runner: { hardening: { engineSocket: true } } } }),
    'a collector': sketch({
      components: {
        collector: { kind: 'monitoring', hardening: { engineSocket: true } },
        orders: { hardening: { engineSocket: false } },
      },
    }),
  },
}
