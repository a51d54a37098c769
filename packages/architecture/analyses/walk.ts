import type { Call } from '../model.ts'
import { eachEdge, type Edges, type Numbered } from './numbered.ts'

/** How a walk came to something: the calls from the start, in order. */
export type Way = readonly Call[]

/** What a walk reached, in the order of its distance. A way is put together when somebody asks for it. */
export interface Walk {
  readonly reached: readonly number[]
  has(node: number): boolean
  /** A shortest way; empty for a start, and for what was not reached. */
  wayTo(node: number): Way
  /** The start from which it was reached; -1 where it was not. */
  startOf(node: number): number
}

/** Breadth-first from one or several starts; what `closed` says of a node lets the walk reach it and go no further. */
export function walkFrom(
  starts: readonly number[],
  nodes: Numbered,
  edges: Edges,
  closed?: (node: number) => boolean,
): Walk {
  const { marks } = nodes
  const walk = (marks[nodes.ids.length] ?? 0) + 1
  marks[nodes.ids.length] = walk
  const trail: Trail = { reached: [], arrivals: [], previous: [] }
  const { reached, arrivals, previous } = trail
  const arrive = (node: number, call: number, from: number) => {
    if (node < 0 || marks[node] === walk) return
    marks[node] = walk
    reached.push(node)
    arrivals.push(call)
    previous.push(from)
  }
  for (const node of starts) arrive(node, -1, -1)
  for (let at = 0; at < reached.length; at += 1) {
    const node = reached[at] ?? 0
    if (closed?.(node) !== true) eachEdge(edges, node, (end, call) => arrive(end, call, at))
  }
  let places: ReadonlyMap<number, number> | undefined
  const placeOf = (node: number) => (places ??= new Map(reached.map((node, at) => [node, at]))).get(node)
  return {
    reached,
    has: (node) => placeOf(node) !== undefined,
    wayTo: (node) => wayBack(placeOf(node) ?? -1, trail, nodes),
    startOf: (node) => startOf(placeOf(node) ?? -1, trail),
  }
}

/** What was reached, with the call that came first and the place in this list that it came from. */
interface Trail {
  readonly reached: number[]
  readonly arrivals: number[]
  readonly previous: number[]
}

function wayBack(place: number, { arrivals, previous }: Trail, nodes: Numbered): Way {
  const way: Call[] = []
  for (let at = place; at >= 0; at = previous[at] ?? -1) {
    const call = nodes.calls[arrivals[at] ?? -1]
    if (call !== undefined) way.push(call)
  }
  return way.toReversed()
}

function startOf(place: number, { reached, previous }: Trail): number {
  let at = place
  for (let from = previous[at] ?? -1; from >= 0; from = previous[at] ?? -1) at = from
  return reached[at] ?? -1
}

/** A map whose values are worked out when they are read. */
export function lazyMap<Key, Value>(
  keys: Iterable<Key>,
  valueOf: (key: Key) => Value,
): ReadonlyMap<Key, Value> {
  return new LazyMap(keys, valueOf)
}

class LazyMap<Key, Value> extends Map<Key, Value> {
  readonly #known = new Map<Key, Value>()
  readonly #valueOf: (key: Key) => Value

  constructor(keys: Iterable<Key>, valueOf: (key: Key) => Value) {
    super()
    this.#valueOf = valueOf
    for (const key of keys) super.set(key, undefined as Value)
  }

  override get(key: Key): Value | undefined {
    if (!this.has(key)) return undefined
    if (!this.#known.has(key)) this.#known.set(key, this.#valueOf(key))
    return this.#known.get(key)
  }

  override *entries(): MapIterator<[Key, Value]> {
    for (const key of this.keys()) yield [key, this.get(key) as Value]
    return undefined
  }

  override *values(): MapIterator<Value> {
    for (const key of this.keys()) yield this.get(key) as Value
    return undefined
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries()
  }

  override forEach(each: (value: Value, key: Key, map: Map<Key, Value>) => void): void {
    for (const [key, value] of this.entries()) each(value, key, this)
  }
}
