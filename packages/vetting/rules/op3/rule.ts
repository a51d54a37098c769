import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { watched } from '../kinds.ts'

export const op3: Rule = {
  id: 'OP3',
  title: 'Calls cannot be followed',
  severity: 'low',
  why:
    'In a composition the cause of a failure lies in another service than its effect; without a trace it is guessed (W3C Trace ' +
    'Context; Sigelman et al., Dapper, 2010).',
  fix: 'Take the trace context of each call, and hand it on.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const { cases, unknown } = weigh(watched(graph), {
    fact: ({ traits }) => traits?.tracing,
    bad: (traced) => !traced,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Calls cannot be followed through ${names}.`,
      fix: (names) => `let ${names} hand traceparent on, and send spans to a collector (OpenTelemetry)`,
    }),
    unknowns: notEvidenced(graph, unknown, (names) => `whether calls can be followed through ${names}`),
  }
}
