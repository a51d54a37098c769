import { ofEachComponent, type Component, type Graph, type Neighbourhood } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { isWaited } from '../waiting.ts'

export const so1Nano: Rule = {
  id: 'SO1-nano',
  title: 'Service that is a function of one other',
  severity: 'low',
  why:
    'A service with one operation, one caller and nothing of its own costs a network, a deployment and a failure, and separates nothing (Taibi ' +
    'and Lenarduzzi 2018: nano-service; Rotem-Gal-Oz, SOA Patterns, chapter 10).',
  fix: 'Make it a function of its caller, unless it is to be scaled, released or protected apart.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const cases = graph.once(found)
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `${names} ${count === 1 ? 'has' : 'each have'} one operation and one caller, and nothing of ${count === 1 ? 'its' : 'their'} own.`,
      fix: (names, { id }) =>
        `make ${names} a function of ${callersOf(id, graph).join(', ')}, unless it is to be scaled or protected apart`,
    }),
  }
}

const found = ofEachComponent(caseOf)

function caseOf(component: Component, graph: Neighbourhood): Case | undefined {
  const { id, kind, evidence } = component
  const [operation, ...further] = graph.operationsOf(id)
  if (kind.value !== 'service' || operation === undefined || further.length > 0) return undefined
  const [callerId = '', ...others] = callersOf(id, graph)
  const caller = graph.component(callerId)
  const callsOthers = graph.callsOf(operation.id).length > 0
  if (caller === undefined || others.length > 0 || callsOthers || !areAlike(component, caller))
    return undefined
  const needed = graph.callsTo(operation.id).every((call) => isWaited(call) && call.required?.value !== false)
  return needed ? { id, note: `of ${caller.id}`, evidence } : undefined
}

/** The same people, in the same zone, as often: nothing that speaks for a wall. */
function areAlike({ owner, zone, replicas }: Component, caller: Component): boolean {
  return (
    caller.kind.value === 'service' &&
    owner !== undefined &&
    owner.value === caller.owner?.value &&
    zone?.value === caller.zone?.value &&
    replicas?.value === caller.replicas?.value
  )
}

function callersOf(id: string, graph: Neighbourhood): readonly string[] {
  const calls = [
    ...graph.callsTo(id),
    ...graph.operationsOf(id).flatMap((operation) => graph.callsTo(operation.id)),
  ]
  return [...new Set(calls.map(({ from }) => graph.ownerOf(from)?.id ?? from))].toSorted()
}
