import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { inFormat } from '../format.ts'

export const op8Unseen: Rule = {
  id: 'OP8-unseen',
  title: 'Declared call that was never made',
  severity: 'low',
  why:
    'A right that nobody uses is one that only an intruder will use; a dependency that is not there misleads every analysis ' +
    '(CWE-272; NIST SP 800-207, section 2.1, tenet 3).',
  fix: 'Take the declaration away, or find out why the call is not made.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases } = weigh(graph.architecture.calls, {
    fact: ({ observed }) => observed ?? { value: 1, evidence: {} },
    bad: (seen) => seen === 0,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} declared, and ${count === 1 ? 'was' : 'were'} never made while ${count === 1 ? 'its caller' : 'their callers'} worked.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          plimsoll: `take ${names} out of uses`,
          other: `take ${names} away, or observe for longer`,
        }),
    }),
  }
}
