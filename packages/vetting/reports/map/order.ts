import type { Columns, Slot } from './columns.ts'

const rounds = 12

/**
 * The same columns in an order with few crossings: sweeps to the right and back that put each slot at the mean of its
 * neighbours (barycenter; Sugiyama et al. 1981); the best of all sweeps is kept. Slots of one lane stay together.
 */
export function ordered(input: Columns): Columns {
  let columns = input.columns.map((slots) => slots.toSorted((a, b) => a.lane - b.lane))
  let best = columns
  let fewest = crossings({ ...input, columns })
  for (let round = 0; round < rounds && fewest > 0; round += 1) {
    const rightwards = round % 2 === 0
    columns = swept(columns, rightwards ? input.before : input.after, rightwards)
    const count = crossings({ ...input, columns })
    if (count < fewest) [fewest, best] = [count, columns]
  }
  return { ...input, columns: best }
}

function swept(
  columns: readonly (readonly Slot[])[],
  neighbours: ReadonlyMap<string, readonly string[]>,
  rightwards: boolean,
): Slot[][] {
  const result = columns.map((slots) => [...slots])
  const positions = positionsOf(columns)
  const sequence = rightwards ? [...result.keys()] : [...result.keys()].toReversed()
  for (const column of sequence) {
    const slots = result[column] ?? []
    const wish = new Map(slots.map(({ id }, at) => [id, meanOf(neighbours.get(id) ?? [], positions) ?? at]))
    const sorted = slots.toSorted((a, b) => a.lane - b.lane || (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0))
    result[column] = sorted
    for (const [at, { id }] of sorted.entries()) positions.set(id, at)
  }
  return result
}

function positionsOf(columns: readonly (readonly Slot[])[]): Map<string, number> {
  return new Map(columns.flatMap((slots) => slots.map(({ id }, at) => [id, at] as const)))
}

function meanOf(ids: readonly string[], positions: ReadonlyMap<string, number>): number | undefined {
  if (ids.length === 0) return undefined
  return ids.reduce((sum, id) => sum + (positions.get(id) ?? 0), 0) / ids.length
}

/** How often edges cross, over all pairs of neighbouring columns (Barth et al. 2002: with a tree of sums). */
export function crossings({ columns, after }: Columns): number {
  const positions = positionsOf(columns)
  let total = 0
  for (const [column, slots] of columns.entries()) {
    const width = columns[column + 1]?.length ?? 0
    if (width === 0) continue
    const sums = new Float64Array(width + 1)
    let seen = 0
    for (const { id } of slots) {
      const targets = (after.get(id) ?? []).map((target) => positions.get(target) ?? 0)
      for (const target of targets) total += seen - sumUpTo(sums, target)
      for (const target of targets) add(sums, target)
      seen += targets.length
    }
  }
  return total
}

/** Fenwick's tree (1994). */
function add(sums: Float64Array, at: number): void {
  for (let index = at + 1; index < sums.length; index += index & -index) sums[index] = (sums[index] ?? 0) + 1
}

function sumUpTo(sums: Float64Array, at: number): number {
  let sum = 0
  for (let index = at + 1; index > 0; index -= index & -index) sum += sums[index] ?? 0
  return sum
}
