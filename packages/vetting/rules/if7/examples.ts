import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    checked: sketch({
      components: { app: { kind: 'client' }, orders: { traits: { 'validates-tokens': true } } },
      calls: { 'app -> orders': { authentication: 'jwt' } },
    }),
    'takes none': sketch({
      components: { app: { kind: 'client' }, orders: { traits: { 'validates-tokens': false } } },
      calls: { 'app -> orders': { authentication: 'mutual-tls' } },
    }),
  },
  bad: {
    'not checked': sketch({
      components: { app: { kind: 'client' }, orders: { traits: { 'validates-tokens': false } } },
      calls: { 'app -> orders': { authentication: 'jwt' } },
    }),
    'asked for by an operation': sketch({
      components: { orders: { traits: { 'validates-tokens': false } } },
      operations: { 'orders.place': { authentication: 'oauth2' } },
    }),
  },
}
