import { ofEachComponent, type Call, type Component, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { isEmbedded } from '../kinds.ts'

export const so1Hub: Rule = {
  id: 'SO1-hub',
  title: 'Service in the middle of everything',
  severity: 'low',
  why:
    'A service that most call and that calls most is changed for every reason, and passes every failure on from one side to the other (Azadi et ' +
    'al., Architectural Smells Detected by Tools, 2019: hub-like dependency).',
  fix: 'Let callers ask those behind it directly, or divide it by what its callers want.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

const fewestServices = 8

function check(graph: Graph): RuleResult {
  const services = graph.architecture.components.filter(({ kind }) => kind.value === 'service')
  if (services.length < fewestServices) return { weaknesses: [] }
  const most = services.length / 3
  return {
    weaknesses: graph.once(neighbours).flatMap(({ component: { id, evidence }, callers, callees }) => {
      if (callers.size < most || callees.size < most) return []
      return [
        {
          subject: id,
          message: `${id} is called by ${callers.size} and calls ${callees.size} of ${services.length} services.`,
          path: [...callers]
            .toSorted()
            .slice(0, 3)
            .map((caller) => ({ id: caller }))
            .concat(
              [{ id }],
              [...callees]
                .toSorted()
                .slice(0, 3)
                .map((callee) => ({ id: callee })),
            ),
          evidence: [evidence],
          fix: `let the callers of ${id} ask those behind it directly, or divide ${id} by what its callers want`,
        },
      ]
    }),
  }
}

interface Neighbours {
  readonly component: Component
  readonly callers: ReadonlySet<string>
  readonly callees: ReadonlySet<string>
}

/** From so many neighbours in both directions on, a service may be a hub: a third of the fewest services that are looked at. */
const fewestNeighbours = fewestServices / 3

const neighbours = ofEachComponent((component, near): Neighbours | undefined => {
  if (component.kind.value !== 'service') return undefined
  const parts = [component.id, ...near.operationsOf(component.id).map(({ id }) => id)]
  const others = (calls: readonly Call[], end: 'from' | 'to') => {
    const found = new Set<string>()
    for (const call of calls) {
      const other = near.ownerOf(call[end])
      if (other?.kind.value !== 'service' || other.id === component.id) continue
      if (!isEmbedded(end === 'to' ? other : component)) found.add(other.id)
    }
    return found
  }
  const callees = others(
    parts.flatMap((part) => near.callsFrom(part)),
    'to',
  )
  if (callees.size < fewestNeighbours) return undefined
  const callers = others(
    parts.flatMap((part) => near.callsTo(part)),
    'from',
  )
  return callers.size < fewestNeighbours ? undefined : { component, callers, callees }
})
