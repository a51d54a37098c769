import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced, nameOf, type Telling } from '../cases.ts'

export const if6: Rule = {
  id: 'IF6',
  title: 'Token handed on as it is',
  severity: 'high',
  why:
    'Who passes on the token that they were given lets the callee act as the user everywhere that takes it, and a callee that does ' +
    'not check the audience takes tokens meant for others (CWE-441; RFC 8693, section 1; RFC 9700, section 2.3).',
  fix: 'Exchange the token for one that is meant for the callee, and check the audience there.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const passed = graph.architecture.calls.filter(
    ({ tokenPassedOn, to }) => tokenPassedOn?.value === true && graph.ownerOf(to)?.kind.value !== 'external',
  )
  const { cases } = weigh(passed, {
    fact: ({ tokenPassedOn }) => tokenPassedOn,
    bad: (_, { audienceChecked }) => audienceChecked?.value !== true,
  })
  const accepted = new Set(
    passed.filter(({ audienceChecked }) => audienceChecked?.value === false).map(nameOf),
  )
  const notKnown = cases.filter(({ id }) => !accepted.has(id))
  return {
    weaknesses: [
      ...together(
        graph,
        cases.filter(({ id }) => accepted.has(id)),
        telling,
      ),
      ...together(graph, notKnown, {
        ...telling,
        message: (names, count) =>
          `${names} ${count === 1 ? 'hands' : 'hand'} on the token of the caller as it is.`,
        severity: 'medium',
        identity: ['passed on'],
      }),
    ],
    unknowns: notEvidenced(
      graph,
      notKnown.map(({ id }) => id),
      (names) => `whether the callee of ${names} checks for whom a token is meant`,
    ),
  }
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'hands' : 'hand'} on the token of the caller as it is, and the callee takes tokens that are meant for others.`,
  fix: (names) =>
    `exchange the token in ${names} for one that is meant for the callee (RFC 8693), and check its audience there`,
}
