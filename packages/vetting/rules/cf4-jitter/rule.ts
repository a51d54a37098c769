import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weigh } from '../cases.ts'
import { ownRetries } from '../retries.ts'

export const cf4Jitter: Rule = {
  id: 'CF4-jitter',
  title: 'Retries that come together',
  severity: 'low',
  why:
    'Callers that failed at the same moment and pause equally long come back at the same moment: each wave is as high as the one that broke ' +
    'it (Brooker, Exponential Backoff and Jitter, 2015).',
  fix: 'Make the pause random, between nothing and its bound.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Without a pause there is nothing to make random: that is CF4-backoff's. */
function check(graph: Graph): RuleResult {
  const pausing = graph.once(ownRetries).filter(({ backoff }) => backoff?.value === true)
  const { cases } = weigh<Call, boolean>(pausing, { fact: ({ jitter }) => jitter, bad: (jitter) => !jitter })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `All callers pause equally long and come back together: ${names}.`,
      fix: (names) => `make the pause of ${names} random, between nothing and its bound`,
    }),
  }
}
