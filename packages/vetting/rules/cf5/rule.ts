import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weighCalls } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isWaitForService, ofCallOrCaller } from '../waiting.ts'

export const cf5: Rule = {
  id: 'CF5',
  title: 'No circuit breaker',
  severity: 'medium',
  why:
    'A caller that goes on asking what is down waits each time, and gives the callee no rest to come back in. A breaker, or leaving out the ' +
    'replicas that fail, lets it answer at once (Nygard, Release It!, chapter 5; NIST SP 800-204, section 4.6).',
  fix: 'Stop asking for a while after several failures, and leave failing replicas out.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const weighed = weighCalls({
  of: isWaitForService,
  fact: ({ circuitBreaker }, { caller }) => ofCallOrCaller(caller, circuitBreaker, 'circuit-breaker'),
  bad: (breaks) => !breaks,
})

function check(graph: Graph): RuleResult {
  const { cases, unknown } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count === 1 ? 'A caller goes' : 'Callers go'} on asking a callee that is down, and ${count === 1 ? 'waits' : 'wait'} each time: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `add outlierDetection to the DestinationRule of ${names}`,
          other: `put a circuit breaker around ${names}`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names, count) =>
      count === 1
        ? `whether ${names} stops for a while after failures`
        : `whether callers stop asking for a while after failures, in ${count} calls: ${names}`,
    ),
  }
}
