import type { Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { internalCalls } from '../kinds.ts'

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
  const neighbours = neighboursOf(graph)
  const most = services.length / 3
  return {
    weaknesses: services.flatMap(({ id, evidence }) => {
      const { callers, callees } = neighbours.get(id) ?? { callers: new Set(), callees: new Set() }
      if (callers.size < most || callees.size < most) return []
      return [
        {
          subject: id,
          message: `${id} is called by ${callers.size} and calls ${callees.size} of ${services.length} services.`,
          path: [...callers]
            .slice(0, 3)
            .map((caller) => ({ id: caller }))
            .concat(
              [{ id }],
              [...callees].slice(0, 3).map((callee) => ({ id: callee })),
            ),
          evidence: [evidence],
          fix: `let the callers of ${id} ask those behind it directly, or divide ${id} by what its callers want`,
        },
      ]
    }),
  }
}

interface Neighbours {
  readonly callers: Set<string>
  readonly callees: Set<string>
}

function neighboursOf(graph: Graph): ReadonlyMap<string, Neighbours> {
  const found = new Map<string, Neighbours>()
  const of = (id: string) => {
    const known = found.get(id) ?? { callers: new Set<string>(), callees: new Set<string>() }
    found.set(id, known)
    return known
  }
  for (const { from, to } of graph.once(internalCalls)) {
    const [caller, callee] = [graph.ownerOf(from), graph.ownerOf(to)]
    if (caller?.kind.value !== 'service' || callee?.kind.value !== 'service') continue
    of(caller.id).callees.add(callee.id)
    of(callee.id).callers.add(caller.id)
  }
  return found
}
