import type { Analysis, Earlier, Graph } from '../graph.ts'
import { bitRows, type BitRows } from './bits.ts'
import { concernedEntries } from './concerned.ts'
import { entriesOf, type Entry } from './entries.ts'
import { numbered, type Numbered } from './numbered.ts'
import type { Way } from './walk.ts'
import { componentRows, neededComponents, waysByEntry, type NeededComponents } from './ways.ts'

/** A component, and the entries that do not answer without it. */
export interface NeededBy {
  readonly component: string
  /** Number of entries; reading it costs nothing. */
  readonly count: number
  /** Ids of the entries, as sorted as `entriesOf`. */
  readonly entries: readonly string[]
  has(entry: string): boolean
  /** A shortest way to it from an entry; empty where the entry itself is on it, or passes it first. */
  readonly wayFrom: (entry: string) => Way
}

/**
 * Every component that some entry needs, with these entries: over all entries at once, in near linear time. What a revision does
 * not concern is the same object as before.
 */
export function neededBy(graph: Graph): ReadonlyMap<string, NeededBy> {
  return graph.once(allNeeds).byComponent
}

interface AllNeeds {
  readonly entries: readonly Entry[]
  /** A row for each component, in the order of their numbers, with a bit for each entry. */
  readonly rows: BitRows
  readonly byComponent: ReadonlyMap<string, NeededBy>
  readonly ways: (entry: string) => NeededComponents | undefined
}

const allNeeds: Analysis<AllNeeds> = Object.assign((graph: Graph): AllNeeds => needsOver(graph), {
  revise: needsAfter,
})

function needsOver(graph: Graph): AllNeeds {
  const entries = entriesOf(graph)
  const rows = componentRows(entries, graph)
  const ways = waysByEntry(entries, graph)
  return withNeeds({ entries, rows, ways }, graph.once(numbered), () => undefined)
}

function withNeeds(
  parts: Omit<AllNeeds, 'byComponent'>,
  nodes: Numbered,
  known: (number: number, id: string) => NeededBy | undefined,
): AllNeeds {
  const { entries, rows, ways } = parts
  const places = new Map(entries.map(({ id }, at) => [id, at]))
  const byComponent = new Map<string, NeededBy>()
  for (let number = 0; number < nodes.ids.length - nodes.operations; number += 1) {
    const component = nodes.ids[number + nodes.operations] ?? ''
    const count = rows.count(number)
    if (count === 0 || byComponent.has(component)) continue
    let ids: readonly string[] | undefined
    byComponent.set(
      component,
      known(number, component) ?? {
        component,
        count,
        get entries() {
          return (ids ??= rows.list(number).map((at) => entries[at]?.id ?? ''))
        },
        has: (entry) => {
          const place = places.get(entry)
          return place !== undefined && rows.has(number, place)
        },
        wayFrom: (entry) => ways(entry)?.wayTo(component) ?? [],
      },
    )
  }
  return { ...parts, byComponent }
}

/** More entries than this are found faster all at once. */
const mostWalked = 64

function needsAfter(previous: AllNeeds, graph: Graph, earlier: Earlier): AllNeeds {
  const concerned = concernedEntries(graph, earlier)
  if (concerned.size > mostWalked) return needsOver(graph)
  const entries = entriesOf(graph)
  const nodes = graph.once(numbered)
  const own = waysByEntry(entries, graph)
  const ways = (id: string) => (concerned.has(id) ? own(id) : previous.ways(id))
  const rows = bitRows(nodes.ids.length - nodes.operations, entries.length)
  const touched = keptRows(rows, {
    previous,
    entries,
    concerned,
    nodes,
    before: earlier.graph.once(numbered),
  })
  for (const [at, entry] of entries.entries()) {
    if (!concerned.has(entry.id)) continue
    for (const component of neededComponents(graph, entry).components) {
      const number = nodes.numberOf(component) - nodes.operations
      rows.add(number, at)
      touched[number] = 1
    }
  }
  return withNeeds({ entries, rows, ways }, nodes, (number, id) =>
    touched[number] === 1 ? undefined : previous.byComponent.get(id),
  )
}

interface Keeping {
  readonly previous: AllNeeds
  readonly entries: readonly Entry[]
  readonly concerned: ReadonlySet<string>
  readonly nodes: Numbered
  readonly before: Numbered
}

/** Copies what is known of the entries that are not concerned. The answer tells which rows knew of others, too. */
function keptRows(rows: BitRows, { previous, entries, concerned, nodes, before }: Keeping): Uint8Array {
  const touched = new Uint8Array(nodes.ids.length - nodes.operations)
  const places = new Map(entries.map(({ id }, at) => [id, at]))
  /** Where each entry of before stands now; -1 where it is concerned, or gone. */
  const columns = previous.entries.map(({ id }) => (concerned.has(id) ? -1 : (places.get(id) ?? -1)))
  const inPlace =
    columns.length === entries.length && columns.every((column, at) => column === -1 || column === at)
  const copy = inPlace ? copying(previous.rows, rows, columns) : moving(previous.rows, rows, columns)
  for (let number = 0; number < touched.length; number += 1) {
    const old = before.numberOf(nodes.ids[number + nodes.operations] ?? '') - before.operations
    if (old < 0 || copy(number, old)) touched[number] = 1
  }
  return touched
}

/** True where something of the row was left behind. */
type CopyRow = (into: number, from: number) => boolean

/** Word by word, where every entry stands where it stood. */
function copying(from: BitRows, into: BitRows, columns: readonly number[]): CopyRow {
  const words = Math.ceil(into.width / 32)
  const mask = new Uint32Array(words)
  for (const column of columns)
    if (column >= 0) mask[column >>> 5] = (mask[column >>> 5] ?? 0) | (1 << (column & 31))
  return (row, old) => {
    let left = 0
    for (let word = 0; word < words; word += 1) {
      const bits = from.words[old * words + word] ?? 0
      const kept = bits & (mask[word] ?? 0)
      left |= bits ^ kept
      into.words[row * words + word] = kept
    }
    return left !== 0
  }
}

function moving(from: BitRows, into: BitRows, columns: readonly number[]): CopyRow {
  return (row, old) => {
    let left = false
    for (const bit of from.list(old)) {
      const column = columns[bit] ?? -1
      if (column < 0) left = true
      else into.add(row, column)
    }
    return left
  }
}
