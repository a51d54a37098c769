import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weigh } from '../cases.ts'
import { brokers } from '../cf10-bound/rule.ts'

export const cf10DeadLetter: Rule = {
  id: 'CF10-dead-letter',
  title: 'No place for messages that cannot be handled',
  severity: 'low',
  why:
    'A message that no consumer can handle comes back for ever and holds up all behind it, or is lost without a trace (Hohpe and Woolf, ' +
    'Enterprise Integration Patterns, 2003: dead letter channel).',
  fix: 'Put messages aside after a few failed attempts, and watch the place where they go.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(graph.once(brokers), {
    fact: ({ traits }) => traits?.['dead-letter-queue'],
    bad: (has) => !has,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Messages that cannot be handled come back for ever, or are lost, in ${names}.`,
      fix: (names) => `add a dead-letter queue to ${names}, and an alarm on it`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `where messages go that cannot be handled, in ${names}`,
    ),
  }
}
