import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    one: sketch({ components: { keycloak: { kind: 'identity-provider', technology: 'keycloak' } } }),
    'one, twice': sketch({
      components: {
        'keycloak-a': { kind: 'identity-provider', technology: 'keycloak' },
        'keycloak-b': { kind: 'identity-provider', technology: 'Keycloak' },
      },
    }),
  },
  bad: {
    'two kinds': sketch({
      components: {
        keycloak: { kind: 'identity-provider', technology: 'keycloak' },
        'old-login': { kind: 'identity-provider', technology: 'cas' },
      },
    }),
    'of which nothing else is known': sketch({
      components: { accounts: { kind: 'identity-provider' }, sso: { kind: 'identity-provider' } },
    }),
  },
}
