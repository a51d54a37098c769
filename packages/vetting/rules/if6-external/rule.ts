import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weighCalls } from '../cases.ts'

export const if6External: Rule = {
  id: 'IF6-external',
  title: 'Token of a caller leaves the architecture',
  severity: 'critical',
  why:
    'An outside party that gets a user’s token can use it inside until it expires (CWE-522; RFC 9700, section 4.9; RFC 6750, ' +
    'section 5.2).',
  fix: 'Call the outside with a credential of one’s own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const weighed = weighCalls<boolean>({
  of: ({ tokenPassedOn }, { callee }) => tokenPassedOn !== undefined && callee?.kind.value === 'external',
  fact: ({ tokenPassedOn }) => tokenPassedOn,
  bad: (passed) => passed,
})

function check(graph: Graph): RuleResult {
  const { cases } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'gives' : 'give'} the token of a caller to an outside party.`,
      fix: (names) =>
        `call it in ${names} with a credential that was made for it, never with the caller’s token`,
    }),
  }
}
