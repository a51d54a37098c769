import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const if7: Rule = {
  id: 'IF7',
  title: 'Tokens are not checked',
  severity: 'high',
  why:
    'A token is worth what is checked of it: without issuer, algorithm, audience and expiry anybody can write one (CWE-347; RFC ' +
    '8725, section 3; OWASP API Security Top 10 2023, API2).',
  fix: 'Check signature, issuer, audience and expiry, with a fixed list of algorithms.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(graph.architecture.components, {
    fact: ({ traits }) => traits?.['validates-tokens'],
    bad: (checks, { id }) => !checks && takers(graph).has(id),
  })
  const { unknown } = weigh(
    graph.architecture.components.filter(({ id }) => takers(graph).has(id)),
    {
      fact: ({ traits, technology, evidence }) =>
        traits?.['validates-tokens'] ??
        (technology?.value === 'plimsoll' ? { value: true, evidence } : undefined),
      bad: () => false,
    },
  )
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `${names} ${count === 1 ? 'takes' : 'take'} tokens without checking them.`,
      fix: (names) => `let ${names} check signature, issuer, audience and expiry of every token`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names, count) =>
        `whether ${names} ${count === 1 ? 'checks' : 'check'} the tokens that ${count === 1 ? 'it takes' : 'they take'}`,
    ),
  }
}

const token = /^(?:bearer|token|oauth2?|openid.*|jwt)$/i

/** Components that are called with tokens. */
function takers(graph: Graph): ReadonlySet<string> {
  return graph.once(tokenTakers)
}

function tokenTakers(graph: Graph): ReadonlySet<string> {
  const { calls, operations } = graph.architecture
  const called = calls
    .filter(
      ({ authentication, carries }) => token.test(authentication?.value ?? '') || carries?.value === 'user',
    )
    .map(({ to }) => graph.ownerOf(to)?.id ?? '')
  const asking = operations
    .filter(({ authentication }) => token.test(authentication?.value ?? ''))
    .map(({ component }) => component)
  return new Set([...called, ...asking])
}
