import { ofEachComponent, type Graph, type Neighbourhood } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { isInner } from '../kinds.ts'
import { isWaited } from '../waiting.ts'
import { listed } from '../path.ts'

export const cf8FanOut: Rule = {
  id: 'CF8-fan-out',
  title: 'One operation waits for very many others',
  severity: 'medium',
  why:
    'An answer that needs many parts is as slow as the slowest of them: with a hundred callees, one slow answer in a hundred is met by two ' +
    'thirds of all requests (Dean and Barroso, The Tail at Scale, 2013).',
  fix: 'Answer with what is there in time, keep copies of what is read often, or cut the operation differently.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** An operation that asks more than this orchestrates half of an architecture. */
const mostOfOperation = 8
/** A component has many operations, each with some of its callees. */
const mostOfComponent = 12

function check(graph: Graph): RuleResult {
  return { weaknesses: graph.once(found).flat() }
}

const found = ofEachComponent((component, near) => {
  if (component.kind.value !== 'service') return undefined
  const parts = [...near.operationsOf(component.id).map(({ id }) => id), component.id]
  const weak = parts.flatMap((id) => weaknesses(id, near))
  return weak.length === 0 ? undefined : weak
})

/** To forward is what a gateway is for. */
function weaknesses(id: string, graph: Neighbourhood): readonly Weakness[] {
  const needed = graph.callsFrom(id).filter((call) => {
    const callee = graph.ownerOf(call.to)
    return isWaited(call) && callee !== undefined && !isInner(callee) && call.required?.value !== false
  })
  const callees = [...new Set(needed.map(({ to }) => graph.ownerOf(to)?.id ?? to))].toSorted()
  if (callees.length <= (graph.operation(id) === undefined ? mostOfComponent : mostOfOperation)) return []
  return [
    {
      subject: id,
      message: `${id} waits for ${callees.length} services: ${listed(callees, 6)}.`,
      path: [
        { id },
        ...needed.slice(0, 6).map(({ to, evidence }) => ({ id: to, note: 'is needed', evidence })),
      ],
      evidence: needed.map(({ evidence }) => evidence),
      fix: `let ${id} answer without some of them, or from copies`,
    },
  ]
}
