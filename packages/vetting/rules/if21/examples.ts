import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    'a second factor': sketch({
      components: { console: { traits: { administration: true, 'second-factor': true } } },
    }),
    'no administration': sketch({ components: { orders: { traits: { 'second-factor': false } } } }),
  },
  bad: {
    'one factor': sketch({
      components: { console: { traits: { administration: true, 'second-factor': false } } },
    }),
    'an identity provider': sketch({
      components: {
        keycloak: { kind: 'identity-provider', traits: { administration: true, 'second-factor': false } },
      },
    }),
  },
}
