import type { Evidence, Fact } from '../../model.ts'
import type { SourceDocument } from '../document.ts'

/** A value of a Compose file that keeps its place while files, bases and overrides are merged. */
export type Node = TextNode | ListNode | MapNode

interface Placed {
  readonly place: () => Evidence
  /** `!reset` takes a value of an earlier file away, `!override` replaces it. */
  readonly tag?: 'reset' | 'override' | undefined
}

/** A text, number, boolean or nothing. */
interface TextNode extends Placed {
  readonly type: 'text'
  /** After interpolation; empty for null. */
  readonly text: string
  /** Before interpolation. */
  readonly written: string
  readonly isNull: boolean
}

export interface ListNode extends Placed {
  readonly type: 'list'
  readonly items: readonly Node[]
}

export interface MapNode extends Placed {
  readonly type: 'map'
  readonly entries: ReadonlyMap<string, Node>
}

/** Puts values in the place of `${NAME}`. */
export type Interpolate = (text: string, place: () => Evidence) => string

const tags: Readonly<Record<string, Placed['tag']>> = { '!reset': 'reset', '!override': 'override' }

/** The tree of a document. `budget` bounds what aliases make of it. */
export function nodeOf(document: SourceDocument, interpolate: Interpolate, budget: Budget): Node {
  const visit = (value: unknown, path: readonly (string | number)[]): Node => {
    budget.spend(1)
    const place = () => document.place(path)
    const tag = tags[document.tag?.(path) ?? '']
    if (Array.isArray(value)) {
      return { type: 'list', items: value.map((item, index) => visit(item, [...path, index])), place, tag }
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(
        ([key, member]) => [key, visit(member, [...path, key])] as const,
      )
      return { type: 'map', entries: new Map(entries), place, tag }
    }
    const written = writtenAs(value)
    const text = typeof value === 'string' ? interpolate(value, place) : written
    return { type: 'text', text, written, isNull: value === null || value === undefined, place, tag }
  }
  return visit(document.value, [])
}

function writtenAs(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

/** Work that a hostile file may cause, all together. */
export class Budget {
  #left: number

  constructor(units: number) {
    this.#left = units
  }

  /** @throws {RangeError} where nothing is left */
  spend(units: number): void {
    this.#left -= units
    if (this.#left < 0) throw new RangeError('the files grow beyond every bound when they are put together')
  }
}

const none: readonly never[] = []

export function member(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let found = node
  for (const key of path) found = found?.type === 'map' ? found.entries.get(key) : undefined
  return found
}

export function entriesOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  return node?.type === 'map' ? [...node.entries] : none
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.type === 'list' ? node.items : none
}

/** The text, where there is one that is not empty. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'text' && node.text.trim() !== '' ? node.text.trim() : undefined
}

/** A text, or the texts of a list. */
export function textsOf(node: Node | undefined): readonly string[] {
  if (node?.type === 'text') return node.text === '' ? none : [node.text]
  return itemsOf(node).flatMap((item) => (item.type === 'text' && item.text !== '' ? [item.text] : []))
}

/** YAML 1.1 and 1.2 booleans: Compose takes both. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  const text = textOf(node)?.toLowerCase()
  if (text === undefined) return undefined
  if (/^(?:true|yes|on|y|1)$/.test(text)) return true
  return /^(?:false|no|off|n|0)$/.test(text) ? false : undefined
}

export function numberOf(node: Node | undefined): number | undefined {
  const text = textOf(node)
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** A fact that is written at a node. */
export function factAt<T>(value: T, node: Node): Fact<T> {
  return { value, evidence: node.place() }
}

/** A fact that follows from what is written at a node, or from what the format says where nothing is. */
export function inferredAt<T>(value: T, node: Node): Fact<T> {
  return { value, evidence: { ...node.place(), how: 'inferred' } }
}
