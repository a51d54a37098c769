import type { Graph } from '../../graph.ts'
import type { Way } from '../walk.ts'
import type { BasicEvent, ComponentFailure } from './events.ts'
import { faultTree, type FaultTree } from './tree.ts'

export interface CutSetOptions {
  /** Largest number of events in a set. Default 3. */
  readonly order?: 1 | 2 | 3
  /** Largest number of sets in the answer. Default 1000. */
  readonly most?: number
}

/** Events that together take the entry down, none of them in vain. */
export interface CutSet {
  readonly events: readonly BasicEvent[]
  /** A component that it takes down, and that the entry needs. */
  readonly component: string
  /** From the entry to the component. */
  readonly way: Way
  /** False: one of the events rests on something that is not known. */
  readonly evidenced: boolean
}

export interface CutSets {
  readonly entry: string
  /** Smallest first, then by the events' ids. */
  readonly sets: readonly CutSet[]
  readonly order: number
  /** False: there are more sets of this order than the answer holds. */
  readonly complete: boolean
}

/** The minimal cut sets of an entry's fault tree, up to an order; those of order 1 are its single points of failure. */
export function cutSets(graph: Graph, entry: string, options: CutSetOptions = {}): CutSets {
  return cutSetsOf(faultTree(graph, entry), options)
}

function cutSetsOf(tree: FaultTree, { order = 3, most = 1000 }: CutSetOptions = {}): CutSets {
  const numbers = new Map(tree.events.map((event, at) => [event, at]))
  const numberOf = (event: BasicEvent) => numbers.get(event) ?? 0
  const kept = new Map<string, { readonly events: readonly number[]; readonly component: string }>()
  let complete = true
  for (let size = 1; size <= order && complete; size += 1) {
    const found: typeof kept = new Map()
    for (const failure of tree.failures) {
      for (const events of hittingSets(failure, size, numberOf)) {
        const key = events.join(' ')
        if (found.has(key) || holdsSmaller(events, kept)) continue
        if (kept.size + found.size >= most) complete = false
        else found.set(key, { events, component: failure.component })
      }
    }
    for (const [key, set] of found) kept.set(key, set)
  }
  const sets = [...kept.values()].map(({ events, component }) => cutSetOf(events, component, tree))
  return { entry: tree.entry, sets: sets.toSorted(bySizeAndIds), order, complete }
}

/** Sets of exactly this size, as sorted numbers, by which a component fails; supersets of smaller ones may be among them. */
function hittingSets(
  { common, replicas }: ComponentFailure,
  size: number,
  numberOf: (event: BasicEvent) => number,
): readonly (readonly number[])[] {
  const found: number[][] = size === 1 ? common.map((event) => [numberOf(event)]) : []
  const branch = (chosen: readonly BasicEvent[], from: number) => {
    let at = from
    while (replicas[at]?.some((event) => chosen.includes(event)) === true) at += 1
    const open = replicas[at]
    if (open === undefined) {
      if (chosen.length === size) found.push(chosen.map(numberOf).toSorted((a, b) => a - b))
    } else if (chosen.length < size) {
      for (const event of open) branch([...chosen, event], at + 1)
    }
  }
  branch([], 0)
  return found
}

/** True where a part of the set is a cut set already. */
function holdsSmaller(events: readonly number[], kept: ReadonlyMap<string, unknown>): boolean {
  if (events.length === 1) return false
  return events.some(
    (event, at) =>
      kept.has(String(event)) ||
      (events.length > 2 && events.slice(at + 1).some((other) => kept.has(`${event} ${other}`))),
  )
}

function cutSetOf(numbers: readonly number[], component: string, tree: FaultTree): CutSet {
  const events = numbers.map((at) => tree.events[at]).filter((event) => event !== undefined)
  return {
    events: events.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    component,
    get way() {
      return tree.wayTo(component)
    },
    evidenced: events.every(({ evidenced }) => evidenced),
  }
}

function bySizeAndIds(a: CutSet, b: CutSet): number {
  if (a.events.length !== b.events.length) return a.events.length - b.events.length
  const text = ({ events }: CutSet) => events.map(({ id }) => id).join('\n')
  return text(a) < text(b) ? -1 : 1
}
