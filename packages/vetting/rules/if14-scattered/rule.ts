import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { listed } from '../path.ts'

export const if14Scattered: Rule = {
  id: 'IF14-scattered',
  title: 'Logins and other work in one service',
  severity: 'medium',
  why:
    'The code that issues identities is the most attacked and the most trusted; every other feature beside it is a way into it ' +
    '(NIST SP 800-204, section 4.1; CWE-653).',
  fix: 'Move logins and the issue of tokens into a service that does nothing else.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const issuers = graph.architecture.components.filter(
    ({ kind, traits }) =>
      kind.value === 'service' &&
      (traits?.login?.value === true || traits?.['issues-tokens']?.value === true),
  )
  const cases = issuers.flatMap(({ id, traits }) => {
    const others = otherWork(id, graph)
    const evidence = (traits?.login ?? traits?.['issues-tokens'])?.evidence ?? {}
    return others.length === 0 ? [] : [{ id, note: listed(others), evidence }]
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'logs' : 'log'} people in, and ${count === 1 ? 'does' : 'do'} other work beside it.`,
      fix: (names) => `move logins and tokens out of ${names} into a service of their own`,
    }),
  }
}

/** Operations of a login service that are not about identities. */
function otherWork(id: string, graph: Graph): readonly string[] {
  return graph
    .operationsOf(id)
    .map(({ name }) => name)
    .filter(
      (name) =>
        !/log-?(?:in|out)|auth|token|session|user|account|password|identit|regist|sign|profile|current|well-known|keys|root/i.test(
          name,
        ),
    )
    .toSorted()
}
