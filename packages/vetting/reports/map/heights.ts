import type { Columns, Slot } from './columns.ts'

/** Vertical measures, in pixels. */
export interface Heights {
  readonly box: number
  readonly bend: number
  readonly gap: number
  /** Around the boxes of a lane, and for its name. */
  readonly padding: number
  readonly title: number
}

/** A band of the drawing: where it is, and from which column to which. */
interface Lane {
  readonly lane: number
  readonly top: number
  readonly height: number
}

export interface Placed {
  /** Middle of each slot. */
  readonly middles: ReadonlyMap<string, number>
  readonly lanes: readonly Lane[]
}

const rounds = 10

/**
 * Heights that keep edges straight: each slot wants to stand at the mean of its neighbours; within a lane of a column the wishes
 * are met as nearly as order and distances allow (least squares under order: pooling of adjacent violators).
 */
export function heightsOf(columns: Columns, heights: Heights, titled: (lane: number) => boolean): Placed {
  const lanes = packed(columns.columns, heights, titled)
  const middles = new Map<string, number>()
  for (const slots of columns.columns)
    settle(slots, (_, at) => at * (heights.box + heights.gap), { lanes, heights, middles, titled })
  for (let round = 0; round < rounds; round += 1) {
    const rightwards = round % 2 === 0
    const sequence = rightwards ? columns.columns : columns.columns.toReversed()
    const neighbours =
      round >= rounds - 2 ? [columns.before, columns.after] : [rightwards ? columns.before : columns.after]
    for (const slots of sequence) {
      settle(slots, (slot) => wishOf(slot, neighbours, middles), { lanes, heights, middles, titled })
    }
  }
  return { middles, lanes }
}

function wishOf(
  { id }: Slot,
  neighbours: readonly ReadonlyMap<string, readonly string[]>[],
  middles: ReadonlyMap<string, number>,
): number {
  const ids = neighbours.flatMap((side) => side.get(id) ?? [])
  const sum = ids.reduce((total, other) => total + (middles.get(other) ?? 0), 0)
  return ids.length === 0 ? (middles.get(id) ?? 0) : sum / ids.length
}

interface Settling {
  readonly lanes: readonly Lane[]
  readonly heights: Heights
  readonly middles: Map<string, number>
  readonly titled: (lane: number) => boolean
}

function settle(
  slots: readonly Slot[],
  wish: (slot: Slot, at: number) => number,
  { lanes, heights, middles, titled }: Settling,
): void {
  for (const [lane, members] of Map.groupBy(slots, (slot) => slot.lane)) {
    const band = lanes.find((candidate) => candidate.lane === lane)
    if (band === undefined) continue
    const { offsets, length } = offsetsOf(members, heights)
    const wishes = members.map((slot, at) => wish(slot, at) - (offsets[at] ?? 0))
    const top = band.top + heights.padding + (titled(lane) ? heights.title : 0)
    const room = Math.max(0, band.top + band.height - heights.padding - length - top)
    for (const [at, start] of pooled(wishes).entries()) {
      const bounded = Math.min(top + room, Math.max(top, start))
      const slot = members[at]
      if (slot !== undefined) middles.set(slot.id, bounded + (offsets[at] ?? 0))
    }
  }
}

/** Middle of each slot where they stand as near to each other as they may, and how long that is. */
function offsetsOf(slots: readonly Slot[], heights: Heights): { offsets: number[]; length: number } {
  const offsets: number[] = []
  let end = 0
  for (const [at, slot] of slots.entries()) {
    const height = slot.node === undefined ? heights.bend : heights.box
    if (at > 0)
      end += slot.node === undefined && slots[at - 1]?.node === undefined ? heights.bend : heights.gap
    offsets.push(end + height / 2)
    end += height
  }
  return { offsets, length: end }
}

/** The nearest sequence that never falls: neighbours that would are replaced by their mean. */
function pooled(wishes: readonly number[]): number[] {
  const pools: { sum: number; size: number }[] = []
  for (const wish of wishes) {
    let pool = { sum: wish, size: 1 }
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.size <= pool.sum / pool.size) break
      pools.pop()
      pool = { sum: last.sum + pool.sum, size: last.size + pool.size }
    }
    pools.push(pool)
  }
  return pools.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size))
}

/** Lanes under each other; beside each other where they have no column in common. */
function packed(
  columns: readonly (readonly Slot[])[],
  heights: Heights,
  titled: (lane: number) => boolean,
): readonly Lane[] {
  const extents = new Map<number, { first: number; last: number; length: number }>()
  for (const [column, slots] of columns.entries()) {
    for (const [lane, members] of Map.groupBy(slots, (slot) => slot.lane)) {
      const { length } = offsetsOf(members, heights)
      const known = extents.get(lane) ?? { first: column, last: column, length: 0 }
      extents.set(lane, { first: known.first, last: column, length: Math.max(known.length, length) })
    }
  }
  const skyline = columns.map(() => 0)
  const stacked = [...extents]
    .toSorted(([a], [b]) => a - b)
    .map(([lane, { first, last, length }]) => {
      const top = skyline.slice(first, last + 1).reduce((a, b) => Math.max(a, b), 0)
      const height = length + 2 * heights.padding + (titled(lane) ? heights.title : 0)
      for (let column = first; column <= last; column += 1) skyline[column] = top + height + heights.gap
      return { lane, top, height, first, last }
    })
  return balanced(stacked, skyline, heights.gap)
}

/** Moves lanes that have room below them towards the middle of the drawing, the lowest first. */
function balanced(
  lanes: readonly (Lane & { readonly first: number; readonly last: number })[],
  skyline: readonly number[],
  gap: number,
): readonly Lane[] {
  const whole = skyline.reduce((a, b) => Math.max(a, b), 0)
  const floor = skyline.map(() => whole)
  const moved = lanes.toReversed().map(({ lane, top, height, first, last }) => {
    const lowest = floor.slice(first, last + 1).reduce((a, b) => Math.min(a, b), whole) - height - gap
    const centred = (whole - gap - height) / 2
    const next = Math.max(top, Math.min(lowest, centred))
    for (let column = first; column <= last; column += 1) floor[column] = next
    return { lane, top: next, height }
  })
  return moved.toReversed()
}
