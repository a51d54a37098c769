import type { Architecture, ArchitectureOperation, Call, Component } from './model.ts'

/** A part, and where it stands in its list. */
export interface Placed<Part> {
  readonly part: Part
  readonly place: number
}

/** How one list became another. A part of which a fact or its evidence differs was removed and added. */
export interface ListChange<Part> {
  /** By their places in the earlier list, ascending. */
  readonly removed: readonly Placed<Part>[]
  /** By their places in the later list, ascending. */
  readonly added: readonly Placed<Part>[]
}

/** What one revision of an architecture changes. */
export interface Change {
  /** The later one, made of the earlier one's objects wherever nothing differs: what is the same is then the same object. */
  readonly after: Architecture
  readonly components: ListChange<Component>
  readonly operations: ListChange<ArchitectureOperation>
  readonly calls: ListChange<Call>
}

/** With more changes than a quarter of a list, comparing costs more than it saves. */
const largestShare = 4
const fewest = 1000

/**
 * What changed between two revisions: undefined where it is so much, or in so different an order, that nothing is won by
 * knowing. Every answer is right, whatever the order of the lists; where they are sorted as the model says it is also small.
 */
export function changeBetween(before: Architecture, after: Architecture): Change | undefined {
  const components = aligned(before.components, after.components, (a, b) => compare(a.id, b.id))
  const operations = aligned(before.operations, after.operations, (a, b) => compare(a.id, b.id))
  const calls = aligned(before.calls, after.calls, (a, b) => compare(a.from, b.from) || compare(a.to, b.to))
  if (components === undefined || operations === undefined || calls === undefined) return undefined
  const rest = Object.fromEntries(
    Object.entries(after).map(([key, value]: [string, unknown]) => {
      const old: unknown = before[key as keyof Architecture]
      return [key, isSame(old, value) ? old : value]
    }),
  ) as unknown as Architecture
  return {
    after: { ...rest, components: components.list, operations: operations.list, calls: calls.list },
    components,
    operations,
    calls,
  }
}

interface Aligned<Part> extends ListChange<Part> {
  /** The later list; the earlier one itself where nothing differs. */
  readonly list: readonly Part[]
}

function aligned<Part extends object>(
  before: readonly Part[],
  after: readonly Part[],
  order: (a: Part, b: Part) => number,
): Aligned<Part> | undefined {
  const most = Math.max(fewest, after.length / largestShare)
  const removed: Placed<Part>[] = []
  const added: Placed<Part>[] = []
  const list: Part[] = []
  let [old, now] = [0, 0]
  const take = (part: Part) => {
    list.push(part)
    now += 1
  }
  while (old < before.length || now < after.length) {
    if (removed.length + added.length > most) return undefined
    const [was, is] = [before[old], after[now]]
    if (was !== undefined && is !== undefined && isSame(was, is)) {
      take(was)
      old += 1
      continue
    }
    const goes = leaves({ before, after, old, now, order })
    if (goes <= 0 && was !== undefined) {
      removed.push({ part: was, place: old })
      old += 1
    }
    if (goes >= 0 && is !== undefined) {
      added.push({ part: is, place: now })
      take(is)
    }
  }
  return { removed, added, list: removed.length + added.length === 0 ? before : list }
}

interface Position<Part> {
  readonly before: readonly Part[]
  readonly after: readonly Part[]
  readonly old: number
  readonly now: number
  readonly order: (a: Part, b: Part) => number
}

/** Below zero: the earlier part is gone. Above: the later part is new. Zero: the one became the other. */
function leaves<Part>({ before, after, old, now, order }: Position<Part>): number {
  const [was, is] = [before[old], after[now]]
  if (was === undefined || is === undefined) return was === undefined ? 1 : -1
  if (isSame(before[old + 1], is)) return -1
  if (isSame(was, after[now + 1])) return 1
  return order(was, is)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The same value all the way down: plain data, as an architecture is. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return Array.isArray(a) === Array.isArray(b) && hasSameMembers(a, b)
}

function hasSameMembers(a: object, b: object): boolean {
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  for (const key of keys) if (!Object.hasOwn(right, key) || !isSame(left[key], right[key])) return false
  return true
}
