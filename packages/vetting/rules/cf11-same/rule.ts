import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { running } from '../replicas.ts'

export const cf11Same: Rule = {
  id: 'CF11-same',
  title: 'Liveness and readiness are the same question',
  severity: 'low',
  why:
    'Readiness says "not now", liveness says "kill me". Where both are one question, a replica that is only busy is killed, its load moves to ' +
    'the others, and they follow (Kubernetes documentation, probes; kube-score, probes are not identical).',
  fix: 'Let liveness ask for less than readiness, and more patiently.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph
    .once(running)
    .filter(asksTheSame)
    .map(({ id, liveness, evidence }) => ({ id, evidence: liveness?.evidence ?? evidence }))
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'is' : 'are'} killed for the same reason for which ${count === 1 ? 'it gets' : 'they get'} no calls: both checks ask the same.`,
      fix: (names) =>
        `let the liveness check of ${names} ask another path, which answers while the process runs`,
    }),
  }
}

/** That a port is open is little enough to be asked twice. */
function asksTheSame({ liveness, readiness }: Component): boolean {
  if (liveness === undefined || readiness === undefined) return false
  const { value: live } = liveness
  const { value: ready } = readiness
  return (
    live !== false &&
    ready !== false &&
    live.question === ready.question &&
    !/^(?:tcp|TCP)\b/.test(live.question)
  )
}
