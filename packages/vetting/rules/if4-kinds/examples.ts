import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'one kind, twice': sketch({
      components: {
        'router-a': { kind: 'gateway', technology: 'nginx', published: [{ port: '443' }] },
        'router-b': { kind: 'gateway', technology: 'nginx', published: [{ port: '444' }] },
      },
    }),
    'one inside': sketch({
      components: {
        router: { kind: 'gateway', technology: 'nginx', published: [{ port: '443' }] },
        sidecar: { kind: 'gateway', technology: 'envoy' },
      },
    }),
  },
  bad: {
    'two kinds': sketch({
      components: {
        router: { kind: 'gateway', technology: 'nginx', published: [{ port: '443' }] },
        zuul: { kind: 'gateway', technology: 'zuul', published: [{ port: '8080' }] },
      },
    }),
    'old and new': sketch({
      components: {
        kong: { kind: 'gateway', technology: 'kong', published: [{ port: '443' }] },
        legacy: { kind: 'gateway', technology: 'apache', published: [{ port: '80' }] },
        traefik: { kind: 'gateway', technology: 'traefik', published: [{ port: '8443' }] },
      },
    }),
  },
}
