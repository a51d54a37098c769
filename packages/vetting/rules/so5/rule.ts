import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { listed } from '../path.ts'

export const so5: Rule = {
  id: 'SO5',
  title: 'Several services in one unit',
  severity: 'low',
  why:
    'What is one unit starts, scales, fails and is updated together: a busy part takes the idle one along, and a leak in one ends both (Burns ' +
    'and Oppenheimer, Design Patterns for Container-based Distributed Systems, 2016; Taibi and Lenarduzzi 2018).',
  fix: 'Run each service as a unit of its own; keep only helpers beside it.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** What stands beside a service to carry its traffic, logs, metrics or secrets. */
const helper =
  /proxy|envoy|istio|linkerd|sidecar|agent|exporter|metrics|fluent|filebeat|promtail|vector|otel|collector|jaeger|vault|config-?reload|reloader|init|git-?sync|cert|oauth2|backup|log(?:ger|ging)?s?$/i

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.map(caseOf).filter((each) => each !== undefined)
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Several services start, scale and fail as one: ${names}.`,
      fix: (names, { id }) => `run each container of ${names} as a unit of its own, beginning with ${id}`,
    }),
  }
}

function caseOf({ id, containers }: Component): Case | undefined {
  const services = (containers?.value ?? []).filter((name) => !helper.test(name))
  return containers !== undefined && services.length > 1
    ? { id, note: listed(services.toSorted(), 4), evidence: containers.evidence }
    : undefined
}
