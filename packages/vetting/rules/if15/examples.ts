import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    bounded: sketch({ components: { accounts: { traits: { login: true, 'login-limit': true } } } }),
    'bounded at the gateway': sketch({
      components: {
        accounts: { traits: { login: true, 'login-limit': false } },
        router: { kind: 'gateway', traits: { 'login-limit': true } },
      },
    }),
    'no logins': sketch({ components: { orders: { traits: { 'login-limit': false } } } }),
  },
  bad: {
    'any number': sketch({ components: { accounts: { traits: { login: true, 'login-limit': false } } } }),
    'an identity provider': sketch({
      components: { keycloak: { kind: 'identity-provider', traits: { 'login-limit': false } } },
    }),
  },
}
