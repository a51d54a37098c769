import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, weighCalls } from '../cases.ts'
import { isInternal } from '../kinds.ts'
import { runsTwice } from '../replicas.ts'
import { ofCallOrCaller } from '../waiting.ts'

export const av7Balancer: Rule = {
  id: 'AV7-balancer',
  title: 'Replicas that callers do not use',
  severity: 'medium',
  why:
    'Replicas help only where calls are spread over them and move on when one fails. A caller that knows one address, or keeps one ' +
    'connection for long, uses one of them (NIST SP 800-204, section 4.4; gRPC documentation, load balancing).',
  fix: 'Call through a balancer or the platform’s service name, and balance each call.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const weighed = weighCalls({
  of: (_, ends) => isInternal(ends) && ends.callee !== undefined && runsTwice(ends.callee),
  fact: ({ balanced }, { caller }) => ofCallOrCaller(caller, balanced, 'load-balancer'),
  bad: (balanced) => !balanced,
})

function check(graph: Graph): RuleResult {
  const { cases } = graph.once(weighed)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${count === 1 ? 'A call always goes' : `${count} calls always go`} to the same of several replicas: ${names}.`,
      fix: (names) => `balance ${names} over the replicas, with each call`,
    }),
  }
}
