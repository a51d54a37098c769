import type { Graph } from '../../graph.ts'
import { reachMatrix, type Caller, type ReachWay } from '../reach-matrix.ts'
import { atOnce, extraOf, marked, reachWords, reversed, type Extra } from './reached.ts'
import type { ReachTarget, Side, Union } from './union.ts'

/** Who reaches one operation, component or data class in one of two architectures, and not in the other. */
export interface ReachChange extends Pick<ReachTarget, 'kind' | 'target'> {
  /** The first of them: those from outside before services. */
  readonly callers: readonly Caller[]
  /** How many there are. */
  readonly count: number
  /** How the first of them comes there, in the architecture that has it; worked out when it is read. */
  readonly way: ReachWay | undefined
}

export interface ReachChanges {
  /** The worst first: who comes from outside, then the most sensitive data, then how many. */
  readonly changes: readonly ReachChange[]
  /** Targets that were not looked at, because the architectures are too large for all. */
  readonly skipped: number
}

/** A graph with its side of the union. */
export interface Half {
  readonly graph: Graph
  readonly side: Side
}

export interface ReachLimits {
  /** Callers that are named for each target. */
  readonly callers: number
  /** Edges that are looked at. */
  readonly work: number
}

/**
 * What callers reach in `half` and not in the other. Only who comes to a new edge can reach something new, and only what lies behind
 * one can be new to anybody; of these, exactly.
 */
export function reachedOnlyIn(
  half: Half,
  other: Half,
  { union, limits }: { readonly union: Union; readonly limits: ReachLimits },
): ReachChanges {
  const extra = extraOf(half.side, other.side, { attempts: false })
  if (extra.heads.length === 0) return { changes: [], skipped: 0 }
  const callers = concerned(half.side, extra, union)
  const targets = behind(half, extra, union)
  const gains = new Map<number, { readonly callers: Caller[]; count: number }>()
  const [now, then] = [reachWords(half.side.edges), reachWords(other.side.edges)]
  const batch = Math.max(1, half.side.edges.ends.length + other.side.edges.ends.length + union.size)
  const most = Math.max(atOnce, Math.floor(limits.work / batch) * atOnce)
  const asked = targets.slice(0, most)
  for (let from = 0; from < asked.length; from += atOnce) {
    const some = asked.slice(from, from + atOnce)
    const [has, had] = [now(some), then(some)]
    for (const caller of callers) {
      for (let rest = has(caller.node) & ~had(caller.node); rest !== 0; rest &= rest - 1) {
        const target = some[31 - Math.clz32(rest & -rest)] ?? 0
        if (union.targets[target]?.owner === caller.id) continue
        const gain = gains.get(target) ?? { callers: [], count: 0 }
        gain.count += 1
        if (gain.callers.length < limits.callers) gain.callers.push(caller)
        gains.set(target, gain)
      }
    }
  }
  const changes = [...gains].flatMap(([node, gain]) => changeOf(union.targets[node], gain, half.graph))
  return { changes: sorted(changes, half.graph), skipped: targets.length - asked.length }
}

/** Callers who come to where an extra edge begins, those from outside first. */
function concerned({ edges }: Side, { tails }: Extra, { callers }: Union): Union['callers'] {
  const marks = marked(tails, reversed(edges))
  return callers
    .filter(({ node }) => marks[node] === 1)
    .toSorted((a, b) => distance[a.kind] - distance[b.kind] || (a.id < b.id ? -1 : 1))
}

const distance = { anonymous: 0, client: 1, component: 2 } as const

/** Targets behind an extra edge, the most telling first: data, what can be called, then parts. */
function behind({ side }: Half, { heads }: Extra, { targets }: Union): readonly number[] {
  const marks = marked(heads, side.edges)
  const reached = [...targets.keys()].filter((node) => marks[node] === 1)
  const kinds = ['data class', 'operation', 'component'] as const
  return kinds.flatMap((kind) => reached.filter((node) => targets[node]?.kind === kind))
}

function changeOf(
  target: ReachTarget | undefined,
  { callers, count }: { readonly callers: readonly Caller[]; readonly count: number },
  graph: Graph,
): readonly ReachChange[] {
  if (target === undefined) return []
  const [first] = callers
  return [
    {
      kind: target.kind,
      target: target.target,
      callers,
      count,
      get way() {
        return first === undefined ? undefined : wayOf(first, target, graph)
      },
    },
  ]
}

/** To a data class: the way to what returns or keeps it. */
function wayOf({ id }: Caller, { kind, target }: ReachTarget, graph: Graph): ReachWay | undefined {
  const matrix = graph.once(reachMatrix)
  if (kind !== 'data class') return matrix.way(id, target)
  const place =
    matrix.operationsOf(id).find(({ dataOut }) => dataOut?.value.includes(target)) ??
    matrix.componentsOf(id).find(({ holds }) => holds?.value.includes(target))
  return place === undefined ? undefined : matrix.way(id, place.id)
}

function sorted(changes: readonly ReachChange[], graph: Graph): readonly ReachChange[] {
  const gravity = new Map(changes.map((change) => [change, gravityOf(change, graph)]))
  const rank = (change: ReachChange) => gravity.get(change) ?? 0
  return changes.toSorted((a, b) => rank(b) - rank(a) || b.count - a.count || (a.target < b.target ? -1 : 1))
}

/** Who comes from outside weighs more than any data, data more than what carries none. */
function gravityOf({ kind, target, callers: [first] }: ReachChange, graph: Graph): number {
  const { dataClasses } = graph.architecture
  const rank = (name: string) => dataClasses.indexOf(name) + 1
  const classes =
    kind === 'data class'
      ? [target]
      : (graph.operation(target)?.dataOut?.value ?? graph.component(target)?.holds?.value ?? [])
  const sensitivity = Math.max(0, ...classes.map(rank))
  const outside = 2 - distance[first?.kind ?? 'component']
  return outside * (dataClasses.length + 2) + sensitivity
}
