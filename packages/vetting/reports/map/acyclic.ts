/** An edge of the graph that is laid out, by node ids; reversed where drawing it forwards would close a circle. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly reversed: boolean
}

type Ends = Pick<Edge, 'from' | 'to'>

/**
 * The same edges without circles: those that go against an order of the nodes are turned round. The order takes sinks to its end
 * and sources to its beginning as long as there are any, then whoever calls much and is called little (Eades, Lin and Smyth 1993);
 * so what everybody calls stands on the right even where it calls somebody back. Linear in nodes and edges.
 */
export function acyclic(nodes: readonly string[], edges: readonly Ends[]): readonly Edge[] {
  const places = new Map(orderOf(nodes, edges).map((id, at) => [id, at]))
  return edges.map(({ from, to }) =>
    (places.get(from) ?? 0) <= (places.get(to) ?? 0)
      ? { from, to, reversed: false }
      : { from: to, to: from, reversed: true },
  )
}

function orderOf(nodes: readonly string[], edges: readonly Ends[]): readonly string[] {
  const rest = new Remaining(nodes, edges)
  const first: string[] = []
  const last: string[] = []
  while (rest.size > 0) {
    const sink = rest.sink()
    const next = sink ?? rest.source() ?? rest.mostCalling()
    if (next === undefined) break
    if (sink === undefined) first.push(next)
    else last.push(next)
    rest.take(next)
  }
  return [...first, ...last.toReversed()]
}

/** Nodes that have no place yet, by how much more they call than they are called. */
class Remaining {
  readonly #after: ReadonlyMap<string, readonly Ends[]>
  readonly #before: ReadonlyMap<string, readonly Ends[]>
  readonly #out = new Map<string, number>()
  readonly #in = new Map<string, number>()
  readonly #sinks = new Set<string>()
  readonly #sources = new Set<string>()
  readonly #byDifference = new Map<number, Set<string>>()
  #largest = 0

  constructor(nodes: readonly string[], edges: readonly Ends[]) {
    this.#after = Map.groupBy(edges, ({ from }) => from)
    this.#before = Map.groupBy(edges, ({ to }) => to)
    for (const id of nodes) {
      this.#out.set(id, this.#after.get(id)?.length ?? 0)
      this.#in.set(id, this.#before.get(id)?.length ?? 0)
      this.#file(id)
    }
  }

  get size(): number {
    return this.#out.size
  }

  sink(): string | undefined {
    return this.#sinks.values().next().value
  }

  source(): string | undefined {
    return this.#sources.values().next().value
  }

  mostCalling(): string | undefined {
    for (let difference = this.#largest; this.#out.size > 0; difference -= 1) {
      this.#largest = difference
      const [id] = this.#byDifference.get(difference) ?? []
      if (id !== undefined) return id
    }
    return undefined
  }

  take(id: string): void {
    this.#unfile(id)
    this.#out.delete(id)
    this.#in.delete(id)
    for (const { to } of this.#after.get(id) ?? []) this.#lessen(this.#in, to)
    for (const { from } of this.#before.get(id) ?? []) this.#lessen(this.#out, from)
  }

  #lessen(counts: Map<string, number>, id: string): void {
    const count = counts.get(id)
    if (count === undefined) return
    this.#unfile(id)
    counts.set(id, count - 1)
    this.#file(id)
  }

  #file(id: string): void {
    if (this.#out.get(id) === 0) this.#sinks.add(id)
    else if (this.#in.get(id) === 0) this.#sources.add(id)
    const difference = this.#differenceOf(id)
    const same = this.#byDifference.get(difference) ?? new Set()
    this.#byDifference.set(difference, same.add(id))
    this.#largest = Math.max(this.#largest, difference)
  }

  #unfile(id: string): void {
    this.#sinks.delete(id)
    this.#sources.delete(id)
    this.#byDifference.get(this.#differenceOf(id))?.delete(id)
  }

  #differenceOf(id: string): number {
    return (this.#out.get(id) ?? 0) - (this.#in.get(id) ?? 0)
  }
}
