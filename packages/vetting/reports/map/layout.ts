import { acyclic, type Edge } from './acyclic.ts'
import { columnsOf, type Columns } from './columns.ts'
import { heightsOf, type Heights, type Placed } from './heights.ts'
import { laneOrder } from './lanes.ts'
import { layersOf } from './layers.ts'
import type { MapGraph, MapGroup, MapLink, MapNode } from './model.ts'
import { ordered } from './order.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** A map with places, in pixels from the upper left corner. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly (MapNode & Box)[]
  /** Points from the caller's side to the callee's. */
  readonly links: readonly (MapLink & { readonly points: readonly Point[] })[]
  readonly groups: readonly (MapGroup & Box)[]
}

const boxHeight = 48
const heights: Heights = { box: boxHeight, bend: 7, gap: 20, padding: 18, title: 20 }
const margin = 28
const narrowest = 124
const widest = 236
const besideText = 58
const letter = 7.9
const port = 7
/** Begins the name of a lane that is no group: no name in a file begins so. */
const beside = '\u0000'

/**
 * Places everything: circles are cut, components put into columns by who calls whom, columns ordered for few crossings, heights
 * chosen for straight lines (Sugiyama, Tagawa and Toda 1981). Pure; the same map always gives the same picture.
 */
export function layOut(map: MapGraph): Layout {
  const linked = new Set(map.links.flatMap(({ from, to }) => [from, to]))
  const nodes = map.nodes.filter(({ id }) => linked.has(id)).toSorted(byLead)
  const lanes = lanesOf(map, nodes)
  const edges = acyclic(
    nodes.map(({ id }) => id),
    map.links,
  )
  const layers = layersOf(
    nodes.map((node) => ({ id: node.id, leads: leads(node) })),
    edges,
  )
  const laned = nodes.map(({ id }) => ({ id, lane: lanes.laneOf(id) }))
  const columns = ordered(columnsOf(laned, edges, layers))
  const placed = heightsOf(columns, heights, (lane) => lanes.names[lane]?.startsWith(beside) === false)
  const across = widthsOf(columns, new Map(nodes.map((node) => [node.id, node])))
  const boxes = boxesOf(nodes, layers, { placed, across })
  const left = map.nodes.filter(({ id }) => !linked.has(id))
  const bottom = Math.max(0, ...placed.lanes.map(({ top, height }) => top + height))
  const apart = unlinked(left, bottom === 0 ? 0 : bottom + 2 * heights.gap, across.width)
  const links = routed({ links: map.links, edges, columns }, { boxes, placed, across })
  return framed({
    nodes: [...boxes.values(), ...apart],
    links,
    groups: [...groupsOf(map, [...boxes.values()]), ...unlinkedGroup(apart, bottom > 0)],
  })
}

/** Clients first, then gateways: they begin what is drawn. */
function byLead(a: MapNode, b: MapNode): number {
  return rank(a) - rank(b) || (a.id < b.id ? -1 : 1)
}

function rank({ kind }: MapNode): number {
  return kind === 'client' ? 0 : kind === 'gateway' ? 1 : 2
}

function leads(node: MapNode): boolean {
  return rank(node) < 2
}

/** A lane for each group. What is in no group has lanes of its own, each beside the group that it is linked with most. */
function lanesOf(map: MapGraph, nodes: readonly MapNode[]) {
  const own = new Map(nodes.map(({ id, group }) => [id, group]))
  const near = new Map<string, string>()
  for (const { from, to } of map.links) {
    const [a, b] = [own.get(from), own.get(to)]
    if (a === undefined && b !== undefined && !near.has(from)) near.set(from, b)
    if (b === undefined && a !== undefined && !near.has(to)) near.set(to, a)
  }
  const grouped = nodes.some(({ group }) => group !== undefined)
  const groups = new Map(
    nodes.map((node) => [
      node.id,
      !grouped
        ? beside
        : (node.group ?? `${beside}${leads(node) ? 'before' : 'after'} ${near.get(node.id) ?? ''}`),
    ]),
  )
  const present = [...new Set(groups.values())].toSorted()
  const links = map.links.map(({ from, to }) => ({ from: groups.get(from) ?? '', to: groups.get(to) ?? '' }))
  const names = laneOrder(present, links)
  const indices = new Map(names.map((name, index) => [name, index]))
  return { names, laneOf: (id: string) => indices.get(groups.get(id) ?? '') ?? 0 }
}

interface Across {
  readonly lefts: readonly number[]
  readonly widths: readonly number[]
  readonly width: number
}

/** Columns from left to right: as wide as their widest box, with more room where more edges pass. */
function widthsOf({ columns, after }: Columns, nodes: ReadonlyMap<string, MapNode>): Across {
  const lefts: number[] = []
  const widths: number[] = []
  let left = 0
  for (const slots of columns) {
    const width = Math.max(0, ...slots.map(({ node }) => boxWidth(nodes.get(node ?? ''))))
    lefts.push(left)
    widths.push(width)
    const passing = slots.reduce((sum, { id }) => sum + (after.get(id)?.length ?? 0), 0)
    left += width + Math.min(130, 46 + passing * 3)
  }
  return { lefts, widths, width: (lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0) }
}

function boxWidth(node: MapNode | undefined): number {
  if (node === undefined) return 0
  const letters = Math.max(node.label.length, node.detail.length * 0.84)
  return Math.round(Math.min(widest, Math.max(narrowest, besideText + letters * letter)))
}

function boxesOf(
  nodes: readonly MapNode[],
  layers: ReadonlyMap<string, number>,
  { placed, across }: { readonly placed: Placed; readonly across: Across },
): ReadonlyMap<string, MapNode & Box> {
  return new Map(
    nodes.map((node) => {
      const column = layers.get(node.id) ?? 0
      const width = boxWidth(node)
      const x = (across.lefts[column] ?? 0) + ((across.widths[column] ?? 0) - width) / 2
      const y = (placed.middles.get(node.id) ?? 0) - boxHeight / 2
      return [node.id, { ...node, x, y, width, height: boxHeight }] as const
    }),
  )
}

/** Components that nobody calls and that call nobody: in rows below. */
function unlinked(nodes: readonly MapNode[], top: number, width: number): readonly (MapNode & Box)[] {
  const row = Math.max(width, 1_000)
  let [x, y] = [0, top + heights.title]
  return nodes.map((node) => {
    const own = boxWidth(node)
    if (x > 0 && x + own > row) [x, y] = [0, y + boxHeight + heights.gap]
    const box = { ...node, x, y, width: own, height: boxHeight }
    x += own + heights.gap
    return box
  })
}

function unlinkedGroup(boxes: readonly Box[], others: boolean): readonly (MapGroup & Box)[] {
  if (boxes.length === 0 || !others) return []
  return [{ id: 'unlinked', label: 'no calls known', ...around(boxes) }]
}

function groupsOf(map: MapGraph, boxes: readonly (MapNode & Box)[]): readonly (MapGroup & Box)[] {
  return map.groups.flatMap((group) => {
    const members = boxes.filter((box) => box.group === group.id)
    return members.length === 0 ? [] : [{ ...group, ...around(members) }]
  })
}

function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - heights.padding
  const y = Math.min(...boxes.map((box) => box.y)) - heights.padding - heights.title
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + heights.padding
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + heights.padding
  return { x, y, width: right - x, height: bottom - y }
}

/** The points of each link: out of the right side, along its bends, into the left side. */
function routed(
  drawn: { readonly links: readonly MapLink[]; readonly edges: readonly Edge[]; readonly columns: Columns },
  where: {
    readonly boxes: ReadonlyMap<string, MapNode & Box>
    readonly placed: Placed
    readonly across: Across
  },
): Layout['links'] {
  const { links, edges, columns } = drawn
  const { boxes, placed, across } = where
  const columnOf = new Map(
    columns.columns.flatMap((slots) => slots.map(({ id, column }) => [id, column] as const)),
  )
  const ports = portsOf(columns, placed.middles)
  return links.map((link, at) => {
    const edge = edges[at]
    const route = columns.routes[at] ?? []
    const [from, to] = [boxes.get(edge?.from ?? ''), boxes.get(edge?.to ?? '')]
    if (edge === undefined || from === undefined || to === undefined) return { ...link, points: [] }
    const bends = route.slice(1, -1).flatMap((slot) => {
      const column = columnOf.get(slot) ?? 0
      const y = placed.middles.get(slot) ?? 0
      const x = across.lefts[column] ?? 0
      return [
        { x, y },
        { x: x + (across.widths[column] ?? 0), y },
      ]
    })
    const start = ports.get(JSON.stringify([edge.from, route[1]])) ?? 0
    const points = [
      { x: from.x + from.width - slant(from.kind, start), y: from.y + boxHeight / 2 + start },
      ...bends,
      { x: to.x, y: to.y + boxHeight / 2 },
    ]
    return { ...link, points: edge.reversed ? points.toReversed() : points }
  })
}

/** How far the right side of a shape is from its box, at a height from the middle. */
function slant(kind: MapNode['kind'], height: number): number {
  if (kind === 'gateway') return (Math.abs(height) / (boxHeight / 2)) * 14
  return kind === 'broker' ? (height / boxHeight + 0.5) * 10 : 0
}

/** Where on the right side of a box each of its edges begins: a little apart, in the order of where they go. */
function portsOf(
  { columns, after }: Columns,
  middles: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const ports = new Map<string, number>()
  for (const { id } of columns.flat()) {
    const targets = (after.get(id) ?? []).toSorted((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
    const step = Math.min(port, (boxHeight - 16) / Math.max(1, targets.length - 1))
    for (const [at, target] of targets.entries())
      ports.set(JSON.stringify([id, target]), (at - (targets.length - 1) / 2) * step)
  }
  return ports
}

/** Moves everything so that the picture begins at 0, with a margin. */
function framed({ nodes, links, groups }: Omit<Layout, 'width' | 'height'>): Layout {
  const boxes = [...nodes, ...groups]
  const points = links.flatMap((link) => link.points)
  if (boxes.length === 0) return { width: 2 * margin, height: 2 * margin, nodes, links, groups }
  const left = Math.min(...boxes.map(({ x }) => x), ...points.map(({ x }) => x))
  const top = Math.min(...boxes.map(({ y }) => y), ...points.map(({ y }) => y))
  const right = Math.max(...boxes.map(({ x, width }) => x + width), ...points.map(({ x }) => x))
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height), ...points.map(({ y }) => y))
  const shift = <P extends Point>(point: P): P => ({
    ...point,
    x: round(point.x - left + margin),
    y: round(point.y - top + margin),
  })
  return {
    width: Math.ceil(right - left + 2 * margin),
    height: Math.ceil(bottom - top + 2 * margin),
    nodes: nodes.map(shift),
    links: links.map((link) => ({ ...link, points: link.points.map(shift) })),
    groups: groups.map(shift),
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
