import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { workloads } from '../kinds.ts'

export const op2Direct: Rule = {
  id: 'OP2-direct',
  title: 'Logs are lost while their place is away',
  severity: 'low',
  why:
    'Who writes to the central place without anything in between waits for it or loses what it wrote, just when it is needed (NIST ' +
    'SP 800-92, section 3.3; Schneider et al., MSR 2023, rule 19).',
  fix: 'Put a broker, or an agent that keeps what it cannot send, in between.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const senders = workloads(graph).filter(({ traits }) => traits?.['central-log']?.value === true)
  const { cases } = weigh(senders, {
    fact: ({ traits }) => traits?.['log-broker'],
    bad: (buffered, { traits }) => !buffered && traits?.['log-collector']?.value !== true,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'sends its log' : 'send their logs'} directly to the central place.`,
      fix: (names) => `put a broker, or an agent with a queue on disk, between ${names} and it`,
    }),
  }
}
