import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { running } from '../replicas.ts'

export const cf10Bound: Rule = {
  id: 'CF10-bound',
  title: 'Queue without a bound',
  severity: 'medium',
  why:
    'A queue that may grow for ever turns a slow consumer into a full disk, and then into an outage of all producers; what waits for hours ' +
    'is of no use anyway (Beyer et al., Site Reliability Engineering, chapter 22: queue management; CWE-770).',
  fix: 'Bound length and age of the queue, and say what happens when it is full.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

export function brokers(graph: Graph): readonly Component[] {
  return graph.once(running).filter(({ kind }) => kind.value === 'broker')
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(graph.once(brokers), {
    fact: ({ traits }) => traits?.['bounded-queue'],
    bad: (bounded) => !bounded,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `The queues of ${names} may grow until the disk is full.`,
      fix: (names) => `set a maximal length and age for the queues of ${names}`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whether the queues of ${names} are bounded`),
  }
}
