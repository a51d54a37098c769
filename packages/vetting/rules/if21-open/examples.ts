import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'reached from inside': sketch({ components: { grafana: { kind: 'monitoring', ports: ['3000'] } } }),
    'on this machine alone': sketch({
      components: { grafana: { kind: 'monitoring', published: [{ port: '3000', address: '127.0.0.1' }] } },
    }),
  },
  bad: {
    'a dashboard': sketch({ components: { grafana: { kind: 'monitoring', published: [{ port: '3000' }] } } }),
    'without a login': sketch({
      components: {
        jaeger: { kind: 'monitoring', published: [{ port: '16686' }], traits: { authenticates: false } },
      },
    }),
  },
}
