import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a folder of the project': sketch({
      components: { router: { hardening: { hostPaths: ['./router.conf', '/etc/localtime'] } } },
    }),
    'not known': sketch({ components: { router: { hardening: { root: false } } } }),
  },
  bad: {
    'the whole host': sketch({ components: { backup: { hardening: { hostPaths: ['/'] } } } }),
    'its configuration': sketch({
      components: { router: { hardening: { hostPaths: ['/etc/ssl/private'] } } },
    }),
    'an agent': sketch({
      components: { exporter: { kind: 'monitoring', hardening: { hostPaths: ['/proc', '/sys'] } } },
    }),
  },
}
