import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { isGuarded, entrances } from '../kinds.ts'

export const if15Rate: Rule = {
  id: 'IF15-rate',
  title: 'Entry without a limit',
  severity: 'low',
  why:
    'Without a limit, one caller takes the capacity of all others, and tries identifiers, coupons or cards as fast as it likes ' +
    '(CWE-770; CWE-799; OWASP API Security Top 10 2023, API4 and API6).',
  fix: 'Limit requests per caller at the entry.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const doors = entrances(graph).filter(
    (component) => !isGuarded(component) && component.kind.value !== 'monitoring',
  )
  const atDoors = weigh(doors, { fact: ({ traits }) => traits?.['rate-limit'], bad: (limited) => !limited })
  const open = graph.architecture.operations.filter(
    ({ access }) => access?.value === 'consumers' || access?.value === 'public',
  )
  const atOperations = weigh(open, { fact: ({ rateLimit }) => rateLimit, bad: (limit) => limit === false })
  return {
    weaknesses: together(graph, [...atDoors.cases, ...atOperations.cases], {
      message: (names, count) =>
        `${names} ${count === 1 ? 'takes' : 'take'} any number of requests from one caller.`,
      fix: (names) => `limit requests per caller at ${names}`,
    }),
    // Where nothing is known of an entrance, IF1 says so.
    unknowns: notEvidenced(
      graph,
      atDoors.unknown.filter((id) => graph.component(id)?.traits?.authenticates !== undefined),
      (names, count) => `whether ${names} ${count === 1 ? 'limits' : 'limit'} requests per caller`,
    ),
  }
}
