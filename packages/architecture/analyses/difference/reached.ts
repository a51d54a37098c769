import { eachEdge, type Edges } from '../numbered.ts'
import { condensed } from '../strong.ts'
import type { Side } from './union.ts'

/** Edges that one side has and the other has not: where they begin and end. */
export interface Extra {
  readonly tails: readonly number[]
  readonly heads: readonly number[]
}

/** What `side` has beyond `other`. With `attempts`, an edge that is tried another number of times is another edge. */
export function extraOf(side: Side, other: Side, compare: { readonly attempts: boolean }): Extra {
  const tails = new Set<number>()
  const heads = new Set<number>()
  const size = side.edges.starts.length - 1
  for (let node = 0; node < size; node += 1) {
    const known = new Set(edgesOf(other, node, compare.attempts))
    for (const [at, edge] of edgesOf(side, node, compare.attempts).entries()) {
      if (known.has(edge)) continue
      tails.add(node)
      heads.add(side.edges.ends[(side.edges.starts[node] ?? 0) + at] ?? 0)
    }
  }
  return { tails: [...tails], heads: [...heads] }
}

/** Edges of a node as numbers that can be compared. */
function edgesOf({ edges, attempts }: Side, node: number, tried: boolean): readonly number[] {
  const size = edges.starts.length
  const found: number[] = []
  for (let at = edges.starts[node] ?? 0; at < (edges.starts[node + 1] ?? 0); at += 1)
    found.push((edges.ends[at] ?? 0) + (tried ? size * (attempts[at] ?? 1) : 0))
  return found
}

/** Marks what can be reached from some nodes, themselves among it. */
export function marked(starts: readonly number[], edges: Edges): Uint8Array {
  const marks = new Uint8Array(edges.starts.length - 1)
  const waiting = [...starts]
  for (const node of waiting) marks[node] = 1
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    eachEdge(edges, node, (end) => {
      if (marks[end] === 1) return
      marks[end] = 1
      waiting.push(end)
    })
  }
  return marks
}

/** The same edges, from their ends to their beginnings. */
export function reversed({ starts, ends }: Edges): Edges {
  const size = starts.length - 1
  const sums = new Int32Array(size + 1)
  for (const end of ends) sums[end + 1] = (sums[end + 1] ?? 0) + 1
  for (let node = 0; node < size; node += 1) sums[node + 1] = (sums[node + 1] ?? 0) + (sums[node] ?? 0)
  const next = sums.slice()
  const back = new Int32Array(ends.length)
  for (let node = 0; node < size; node += 1) {
    for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at += 1) {
      const end = ends[at] ?? 0
      const slot = next[end] ?? 0
      next[end] = slot + 1
      back[slot] = node
    }
  }
  return { starts: sums, ends: back, calls: new Int32Array(back.length).fill(-1) }
}

/** Targets that are asked about at once: one bit of a word for each. */
export const atOnce = 32

/**
 * Which of up to 32 targets each node reaches, as one word a node: one pass from the callees to the callers, over the graph with every
 * circle drawn together. Made once for a graph, then asked for one batch of targets after the other.
 */
export function reachWords(edges: Edges): (targets: readonly number[]) => (node: number) => number {
  const { groups, groupOf } = condensed(edges)
  const words = new Int32Array(groups.length)
  return (targets) => {
    words.fill(0)
    for (const [bit, target] of targets.entries()) {
      const group = groupOf[target] ?? 0
      words[group] = (words[group] ?? 0) | (1 << bit)
    }
    for (const [group, members] of groups.entries()) {
      let word = words[group] ?? 0
      for (const node of members) eachEdge(edges, node, (end) => (word |= words[groupOf[end] ?? 0] ?? 0))
      words[group] = word
    }
    return (node) => words[groupOf[node] ?? 0] ?? 0
  }
}
