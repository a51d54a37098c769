import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a library': sketch({ components: { payments: { traits: { 'own-cryptography': false } } } }),
    'not known': sketch({ components: { payments: {} } }),
  },
  bad: {
    'its own': sketch({ components: { payments: { traits: { 'own-cryptography': true } } } }),
    'in two services': sketch({
      components: {
        payments: { traits: { 'own-cryptography': true } },
        users: { traits: { 'own-cryptography': true } },
      },
    }),
  },
}
