import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case, type Telling } from '../cases.ts'
import { asksNeighbours } from '../trust.ts'
import { inFormat } from '../format.ts'
import { isInner, openPorts } from '../kinds.ts'

export const if1Inner: Rule = {
  id: 'IF1-inner',
  title: 'Published for everybody, though it serves only other parts',
  severity: 'high',
  why:
    'Stores, brokers, registries and configuration servers are built to be called by their neighbours; from outside they give away, ' +
    'or take, everything at once (CWE-668; OWASP API Security Top 10 2023, API8; CIS Docker Benchmark 5.13).',
  fix: 'Take the published port away; neighbours use the internal network.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const published = graph.architecture.components.filter(
    (component) => isInner(component) && openPorts(component).length > 0,
  )
  const isOpen = (component: Component) => asksNeighbours(component, graph)?.value === false
  return {
    weaknesses: [
      ...together(graph, published.filter(isOpen).flatMap(casesOf), {
        ...telling,
        message: (names, count) =>
          `${names} ${count === 1 ? 'is' : 'are'} published, and nobody is asked for a credential there.`,
        severity: 'critical',
        identity: ['open'],
      }),
      ...together(graph, published.filter((component) => !isOpen(component)).flatMap(casesOf), telling),
    ],
  }
}

/** One case for each port. */
function casesOf(component: Component): readonly Case[] {
  return openPorts(component).map(({ port }) => ({
    id: component.id,
    note: `port ${port}`,
    detail: `port ${port}`,
    evidence: component.published?.evidence ?? component.evidence,
  }))
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'is' : 'are'} published: who reaches the machine reaches ${count === 1 ? 'it' : 'them'} around every service.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `take ports of ${names} away (neighbours need none), or bind to 127.0.0.1 in front of the port`,
      kubernetes: `make the Service of ${names} type: ClusterIP`,
      other: `take the published ports of ${names} away`,
    }),
}
