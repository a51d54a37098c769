import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    recorded: sketch({ components: { vault: { kind: 'secret-store', traits: { 'audit-log': true } } } }),
    'nothing privileged': sketch({ components: { orders: { traits: { 'audit-log': false } } } }),
  },
  bad: {
    'no record': sketch({ components: { vault: { kind: 'secret-store', traits: { 'audit-log': false } } } }),
    'an admin page': sketch({
      components: { console: { traits: { administration: true, 'audit-log': false } } },
    }),
  },
}
