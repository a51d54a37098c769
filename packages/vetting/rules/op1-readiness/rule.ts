import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together } from '../cases.ts'
import { workloads } from '../kinds.ts'

export const op1Readiness: Rule = {
  id: 'OP1-readiness',
  title: 'Gets calls before it is ready',
  severity: 'low',
  why:
    'A replica that is only asked whether it lives gets calls as soon as its process runs: each start and each rollout costs ' +
    'requests (Kubernetes documentation, readiness probes).',
  fix: 'Give it a readiness check.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const living = workloads(graph).filter(
    ({ liveness, kind }) => liveness !== undefined && liveness.value !== false && kind.value !== 'scheduler',
  )
  const { cases } = weigh(living, { fact: ({ readiness }) => readiness, bad: (ready) => ready === false })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'gets' : 'get'} calls as soon as ${count === 1 ? 'its process runs' : 'their processes run'}, ready or not.`,
      fix: (names) => `write a readinessProbe for ${names}`,
    }),
  }
}
