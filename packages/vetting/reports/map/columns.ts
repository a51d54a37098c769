import type { Edge } from './acyclic.ts'

/** A place in a column: a box, or a bend of the edges that go on to one box further right. */
export interface Slot {
  readonly id: string
  readonly column: number
  /** The box, or undefined for a bend. */
  readonly node?: string | undefined
  /** Band of the drawing in which it stays. */
  readonly lane: number
}

/** Slots by column in their order, and how they are joined: from a column to the next. */
export interface Columns {
  readonly columns: readonly (readonly Slot[])[]
  readonly after: ReadonlyMap<string, readonly string[]>
  readonly before: ReadonlyMap<string, readonly string[]>
  /** Slots that each edge passes, its ends included, in the order of the edges. */
  readonly routes: readonly (readonly string[])[]
}

/**
 * Boxes and bends. All edges to one box share their bends, so that they run together like lanes of a road; that also keeps
 * the number of slots near to that of boxes times columns, whatever the number of edges.
 */
export function columnsOf(
  nodes: readonly { readonly id: string; readonly lane: number }[],
  edges: readonly Edge[],
  layers: ReadonlyMap<string, number>,
): Columns {
  const slots = new Map<string, Slot>()
  const lanes = new Map(nodes.map(({ id, lane }) => [id, lane]))
  for (const { id, lane } of nodes) slots.set(id, { id, column: layers.get(id) ?? 0, node: id, lane })
  const after = new Map<string, Set<string>>()
  const before = new Map<string, Set<string>>()
  const routes = edges.map(({ from, to }) => {
    const route = [from]
    for (let column = (layers.get(from) ?? 0) + 1; column < (layers.get(to) ?? 0); column += 1) {
      const id = JSON.stringify([to, column])
      slots.set(id, { id, column, lane: lanes.get(to) ?? 0 })
      route.push(id)
    }
    route.push(to)
    for (const [at, slot] of route.entries()) {
      const next = route[at + 1]
      if (next === undefined) break
      entry(after, slot).add(next)
      entry(before, next).add(slot)
    }
    return route
  })
  const count = Math.max(0, ...[...slots.values()].map(({ column }) => column + 1))
  const byColumn = Map.groupBy(slots.values(), ({ column }) => column)
  return {
    columns: Array.from({ length: count }, (_, column) => byColumn.get(column) ?? []),
    after: lists(after),
    before: lists(before),
    routes,
  }
}

function entry(map: Map<string, Set<string>>, key: string): Set<string> {
  const known = map.get(key) ?? new Set<string>()
  map.set(key, known)
  return known
}

function lists(map: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, readonly string[]> {
  return new Map([...map].map(([key, members]) => [key, [...members]]))
}
