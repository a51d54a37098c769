import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weighCalls } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isOwnWait } from '../waiting.ts'

export const cf1: Rule = {
  id: 'CF1',
  title: 'Call without a timeout',
  severity: 'high',
  why:
    'A caller that waits for ever is as slow as its slowest callee: its places fill with waiting calls, then those of its own callers ' +
    '(Nygard, Release It!, chapter 5: timeouts; CWE-400; CWE-1088, synchronous access without a timeout).',
  fix: 'Give every call a timeout, well below the deadline of whoever waits for it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** A timeout of zero means none, in the common proxies and clients. */
const weighed = weighCalls({
  of: isOwnWait,
  fact: ({ timeoutMs }) => timeoutMs,
  bad: (timeoutMs) => timeoutMs <= 0,
})

function check(graph: Graph): RuleResult {
  const { cases, unknown } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count === 1 ? 'A call waits' : `${count} calls wait`} for ever: ${names}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          kubernetes: `set timeout: 2s on the route of ${names}, or less`,
          other: `give ${names} a timeout below the deadline of the caller`,
        }),
    }),
    unknowns: notEvidenced(graph, unknown, (names, count) =>
      count === 1 ? `how long ${names} waits` : `how long callers wait, in ${count} calls: ${names}`,
    ),
  }
}
