import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { classesOf, worstClass } from '../trust.ts'

export const if5: Rule = {
  id: 'IF5',
  title: 'The user is lost on the way',
  severity: 'medium',
  why:
    'Behind a service that calls on in its own name, nobody can decide by the user, and no record says for whom data was read ' +
    '(CWE-639; NIST SP 800-204, section 4.1; OWASP API Security Top 10 2023, API1).',
  fix: 'Carry the user’s identity on, as a token for the next callee.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const withUser = new Set(
    graph.architecture.calls
      .filter(({ carries }) => carries?.value === 'user' || carries?.value === 'caller-and-user')
      .map(({ to }) => graph.ownerOf(to)?.id),
  )
  const onwards = graph.architecture.calls.filter((call) => {
    const caller = graph.ownerOf(call.from)
    return (
      caller !== undefined &&
      withUser.has(caller.id) &&
      worstClass(
        classesOf(call, { operation: graph.operation(call.to), callee: graph.ownerOf(call.to) }),
        graph,
      ) !== undefined
    )
  })
  const { cases, unknown } = weigh(onwards, {
    fact: ({ carries }) => carries,
    bad: (carried) => (carried === 'nobody' || carried === 'caller') && 'without the user',
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'asks' : 'ask'} for classified data, and the user for whom it is asked is not told.`,
      fix: (names) => `carry the user’s identity on in ${names}, as a token that is meant for the callee`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whose identity the callee sees in ${names}`),
  }
}
