import type { Graph } from '../../graph.ts'
import { amplificationsFrom, type Amplification } from '../amplification.ts'
import { entriesOf } from '../entries.ts'
import type { Half } from './reach.ts'
import { extraOf, marked, reversed } from './reached.ts'
import type { Union } from './union.ts'

/** How often one request at an entry can call something, at worst, before and after; 1 where attempts do not multiply. */
export interface AmplificationChange {
  readonly entry: string
  readonly target: string
  readonly before: number
  readonly after: number
  /** The worst way now; of before, where it is gone. */
  readonly worst: Amplification
}

export interface AmplificationChanges {
  /** The largest growth first. */
  readonly changes: readonly AmplificationChange[]
  /** Entries that were not looked at, because there are too many. */
  readonly skipped: number
}

/** Of every entry from which a call that is new, gone or tried otherwise can be reached: the others cannot have changed. */
export function amplificationChanges(
  before: Half,
  after: Half,
  { union, most }: { readonly union: Union; readonly most: number },
): AmplificationChanges {
  const concerned = [
    ...new Set([...entriesBehind(after, before, union), ...entriesBehind(before, after, union)]),
  ]
  const changes = concerned
    .slice(0, most)
    .flatMap((entry) => changesOf(entry, before.graph, after.graph))
    .toSorted((a, b) => growth(b) - growth(a) || b.after - a.after || compare(a, b))
  return { changes, skipped: Math.max(0, concerned.length - most) }
}

/** Entries that come to a call which only this half has, and those that only this half has. */
function entriesBehind({ graph, side }: Half, other: Half, { targets }: Union): readonly string[] {
  const { tails } = extraOf(side, other.side, { attempts: true })
  const marks = marked(tails, reversed(side.edges))
  const numbers = new Map(
    targets.map(({ kind, target }, node) => [kind === 'data class' ? '' : target, node]),
  )
  const known = new Set(other.graph.once(entriesOf).map(({ id }) => id))
  return graph
    .once(entriesOf)
    .map(({ id }) => id)
    .filter((id) => !known.has(id) || marks[numbers.get(id) ?? -1] === 1)
}

/** What attempts multiply to on the ways of one entry that no longer is one are gone with it. */
function changesOf(entry: string, before: Graph, after: Graph): readonly AmplificationChange[] {
  const [earlier, later] = [before, after].map((graph) => {
    const isEntry = graph.once(entriesOf).some(({ id }) => id === entry)
    return new Map((isEntry ? amplificationsFrom(graph, [entry]) : []).map((found) => [found.target, found]))
  })
  if (earlier === undefined || later === undefined) return []
  return [...new Set([...later.keys(), ...earlier.keys()])].flatMap((target) => {
    const [old, now] = [earlier.get(target), later.get(target)]
    const worst = now ?? old
    if (worst === undefined || old?.attempts === now?.attempts) return []
    return [{ entry, target, before: old?.attempts ?? 1, after: now?.attempts ?? 1, worst }]
  })
}

function growth({ before, after }: AmplificationChange): number {
  return after / before
}

function compare(a: AmplificationChange, b: AmplificationChange): number {
  return a.entry < b.entry ? -1 : a.entry > b.entry ? 1 : a.target < b.target ? -1 : 1
}
