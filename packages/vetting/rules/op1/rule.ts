import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'
import { inFormat } from '../format.ts'
import { isOutside, workloads } from '../kinds.ts'

export const op1: Rule = {
  id: 'OP1',
  title: 'Nobody asks whether it works',
  severity: 'medium',
  why:
    'A platform that cannot ask a replica how it is sends calls to one that hangs, and calls a broken release a success (Beyer et ' +
    'al., Site Reliability Engineering, chapter 6; Kubernetes documentation, probes; CIS Docker Benchmark 4.6).',
  fix: 'Give it a health check that uses what the work uses, apart from other services.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const asked = workloads(graph).filter(
    (component) => component.kind.value !== 'scheduler' && !isOutside(component),
  )
  const { cases, unknown } = weigh(asked, {
    fact: ({ liveness, readiness }) => (isCheck(liveness) ? liveness : (readiness ?? liveness)),
    bad: (healthCheck) => healthCheck === false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) => `Nobody asks ${names} whether ${count === 1 ? 'it works' : 'they work'}.`,
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `write a healthcheck for ${names}`,
          kubernetes: `write a readinessProbe and a livenessProbe for ${names}`,
          other: `give ${names} a health check`,
        }),
    }),
    // Where nothing is known of how it runs, RH1-root says so.
    unknowns: notEvidenced(
      graph,
      unknown.filter((id) => graph.component(id)?.hardening !== undefined),
      (names, count) => `whether anybody asks ${names} how ${count === 1 ? 'it is' : 'they are'}`,
    ),
  }
}

function isCheck(fact: Component['liveness']): boolean {
  return fact !== undefined && fact.value !== false
}
