import type { Call, Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'
import { together } from '../cases.ts'
import { asksWho, isNobody, worstClass } from '../trust.ts'
import { isOutside, isGuarded, entrances } from '../kinds.ts'
import { stepsOf } from '../path.ts'

export const if20: Rule = {
  id: 'IF20',
  title: 'From the outside to the most valuable data without a check',
  severity: 'critical',
  why:
    'A chain is as strong as its checks: where no step asks who calls, the outside reads the store at its end (NIST SP 800-207, ' +
    'section 2.1; CWE-306; OWASP API Security Top 10 2023, API2).',
  fix: 'Ask for a credential at the first step that all callers pass, and at the store.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const starts = openDoors(graph)
  const walk = walkUnchecked(starts, graph)
  const targets = [...walk.keys()].flatMap((id) => targetOf(id, graph))
  const byWorth = Map.groupBy(targets, ({ dataClass }) => dataClass === undefined)
  const [worth, unclassified] = [byWorth.get(false) ?? [], byWorth.get(true) ?? []]
  return {
    weaknesses: [
      ...tell(worth, walk, graph),
      // What a store keeps is often not said; that it is open from outside is known all the same.
      ...tell(unclassified, walk, graph).map((weakness) => ({
        ...weakness,
        severity: 'high' as const,
        identity: ['unclassified'],
      })),
    ],
  }
}

interface Target {
  readonly id: string
  readonly dataClass: string | undefined
}

/** Entrances that are known to ask nobody. */
function openDoors(graph: Graph): readonly string[] {
  return entrances(graph)
    .filter((component) => !isGuarded(component) && asksWho(component, graph)?.value === false)
    .map(({ id }) => id)
}

/** Everything that unchecked calls lead to, with the call that led there; a step of which it is not known ends the walk. */
function walkUnchecked(starts: readonly string[], graph: Graph): ReadonlyMap<string, Call | undefined> {
  const arrivals = new Map<string, Call | undefined>(starts.map((id) => [id, undefined]))
  for (const id of arrivals.keys()) {
    for (const call of callsOfComponent(id, graph)) {
      const callee = graph.ownerOf(call.to)
      if (callee === undefined || arrivals.has(callee.id) || isOutside(callee)) continue
      if (isUnchecked(call, callee)) arrivals.set(callee.id, call)
    }
  }
  return arrivals
}

function callsOfComponent(id: string, graph: Graph): readonly Call[] {
  return [id, ...graph.operationsOf(id).map((operation) => operation.id)].flatMap((from) =>
    graph.callsFrom(from),
  )
}

function isUnchecked({ authentication }: Call, { traits }: Component): boolean {
  if (traits?.authenticates?.value === true) return false
  return authentication === undefined
    ? traits?.authenticates?.value === false
    : isNobody(authentication.value)
}

/** Stores; a door is its own rules'. */
function targetOf(id: string, graph: Graph): readonly Target[] {
  const component = graph.component(id)
  if (component?.kind.value !== 'store' && component?.kind.value !== 'secret-store') return []
  return [{ id, dataClass: worstClass(component.holds?.value ?? [], graph) }]
}

function tell(
  targets: readonly Target[],
  walk: ReadonlyMap<string, Call | undefined>,
  graph: Graph,
): readonly Weakness[] {
  const reached = targets
    .filter(({ id }) => walk.get(id) !== undefined)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const [first] = reached
  if (first === undefined) return []
  const way = wayTo(first.id, walk, graph)
  const door = way[0]?.from ?? first.id
  const cases = reached.map(({ id, dataClass }) => ({
    id,
    evidence: walk.get(id)?.evidence ?? {},
    ...(dataClass === undefined ? {} : { note: dataClass }),
  }))
  return together(graph, cases, {
    message: (names) => `From outside, nobody is asked who they are on the way through ${door} to ${names}.`,
    path: [{ id: 'anyone' }, ...stepsOf(way, () => 'no credential')],
    fix: (names) => `let ${door} ask who calls, and ${names} for a credential`,
  })
}

function wayTo(id: string, walk: ReadonlyMap<string, Call | undefined>, graph: Graph): readonly Call[] {
  const way: Call[] = []
  let call = walk.get(id)
  while (call !== undefined) {
    way.push(call)
    call = walk.get(graph.ownerOf(call.from)?.id ?? '')
  }
  return way.toReversed()
}
