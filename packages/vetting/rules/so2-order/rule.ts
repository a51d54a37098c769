import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together } from '../cases.ts'
import { listed } from '../path.ts'

export const so2Order: Rule = {
  id: 'SO2-order',
  title: 'Services that have to start in an order',
  severity: 'low',
  why:
    'A service that does not start before another one is up cannot be deployed, scaled or restarted alone: an outage of the other becomes its ' +
    'own as soon as it has to start, and a release of several is a procession (Newman, Building Microservices, chapter 8; Wiggins, The ' +
    'Twelve-Factor App, disposability).',
  fix: 'Let each start alone, try again in the background, and say that it is not ready meanwhile.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.architecture.components.flatMap((component) => {
    const others = servicesBefore(component, graph)
    const { id, startsAfter } = component
    return startsAfter === undefined || others.length === 0
      ? []
      : [{ id, note: `after ${listed(others, 3)}`, evidence: startsAfter.evidence }]
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'starts' : 'start'} only when other services are up.`,
      fix: (names) => `let ${names} start alone, and not be ready until the others answer`,
    }),
  }
}

/** Stores, and what hands out settings, are there before everything by their nature; so is a job that prepares. */
function servicesBefore({ kind, startsAfter }: Component, graph: Graph): readonly string[] {
  if (kind.value !== 'service' && kind.value !== 'gateway') return []
  return (startsAfter?.value ?? []).filter((id) => {
    const other = graph.component(id)
    return other?.kind.value === 'service' && other.restarts?.value !== false
  })
}
