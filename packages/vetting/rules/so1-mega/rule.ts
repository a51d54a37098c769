import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'

export const so1Mega: Rule = {
  id: 'SO1-mega',
  title: 'One service does most of everything',
  severity: 'low',
  why:
    'A service that holds most operations is a monolith with a network around it: everybody changes it, and every change is everybody’s risk ' +
    '(Taibi and Lenarduzzi 2018: megaservice; Newman, Monolith to Microservices, chapter 1).',
  fix: 'Move the operations that change for another reason to a service of their own.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** Below these there is nothing to divide. */
const fewestServices = 4
const fewestOperations = 16

function check(graph: Graph): RuleResult {
  const services = graph.architecture.components.filter(({ kind }) => kind.value === 'service')
  const counted = services
    .map((service) => ({ service, count: graph.operationsOf(service.id).length }))
    .filter(({ count }) => count > 0)
  const all = counted.reduce((sum, { count }) => sum + count, 0)
  if (counted.length < fewestServices) return { weaknesses: [] }
  return {
    weaknesses: counted
      .filter(({ count }) => count >= fewestOperations && count * 2 > all)
      .map(({ service, count }) => weakness(service, { count, all, services: counted.length }, graph)),
  }
}

interface Figures {
  readonly count: number
  readonly all: number
  readonly services: number
}

function weakness({ id, evidence }: Component, { count, all, services }: Figures, graph: Graph): Weakness {
  const first = graph.operationsOf(id).slice(0, 6)
  return {
    subject: id,
    message: `${id} has ${count} of the ${all} operations of ${services} services.`,
    path: [
      { id, note: `${count} operations`, evidence },
      ...first.map((each) => ({ id: each.id, evidence: each.evidence })),
    ],
    evidence: [evidence],
    fix: `move operations of ${id} that change for another reason to a service of their own (plimsoll extract)`,
  }
}
