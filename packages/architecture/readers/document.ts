import type { Place, Problem } from '@plimsoll/base'
import {
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Pair,
  type YAMLMap,
} from 'yaml'
import { parseJsonDocuments } from './json-document.ts'
import type { SourceFile } from './reader.ts'

/** One YAML or JSON document as plain values, with the place of each. */
export interface SourceDocument {
  readonly file: string
  /** Plain values: objects, arrays, texts, numbers, booleans, null. */
  readonly value: unknown
  /** Where the value at a path stands, or what is nearest around it. */
  place(path: readonly (string | number)[]): Place
  /** The YAML tag that is written at a path, such as `!reset`. */
  tag?(path: readonly (string | number)[]): string | undefined
}

/** What is in a file, as far as it can be read; what is broken is told, and the rest is still there. */
export interface ParsedFile {
  readonly documents: readonly SourceDocument[]
  readonly problems: readonly Problem[]
}

/** Nodes that aliases may stand for, all together: more is a bomb. */
const mostAliases = 1_000
/** YAML keeps a node for every value, which takes some forty times the text. */
const largestYamlBytes = 16 * 1_048_576
const largestJsonBytes = 128 * 1_048_576
const deepest = 100

/**
 * Reads all documents of a YAML (1.2, with merge keys) or JSON file, or of one with a JSON value a line. Bounded in size, depth and
 * aliases.
 */
export function parseDocuments(file: SourceFile): ParsedFile {
  const bytes = Buffer.byteLength(file.text)
  const isJson = /^\s*[{[]/.test(file.text)
  const largest = isJson ? largestJsonBytes : largestYamlBytes
  if (bytes > largest) return tooLarge(file.name, largest)
  if (isJson) {
    const documents = parseJsonDocuments(file)
    if (documents !== undefined) return withinDepth(file.name, documents)
    if (bytes > largestYamlBytes) return tooLarge(file.name, largestYamlBytes)
  }
  return parseYaml(file)
}

function tooLarge(file: string, largest: number): ParsedFile {
  const message = `the file is larger than ${largest / 1_048_576} MiB`
  return { documents: [], problems: [{ message, place: { file }, fix: 'split it' }] }
}

function withinDepth(file: string, documents: readonly SourceDocument[]): ParsedFile {
  const problems: Problem[] = []
  const kept = documents.filter(({ value }) => isWithinDepth(value, file, problems))
  return { documents: kept, problems }
}

function isWithinDepth(value: unknown, file: string, problems: Problem[]): boolean {
  if (depthOf(value, 0) <= deepest) return true
  problems.push({ message: `more than ${deepest} levels`, place: { file }, fix: 'flatten the document' })
  return false
}

function parseYaml({ name, text }: SourceFile): ParsedFile {
  const lines = new LineCounter()
  const problems: Problem[] = []
  const documents: SourceDocument[] = []
  for (const document of documentsOf(text, lines, { name, problems })) {
    const [error] = document.errors
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0])
      const place = { file: name, line, column: col }
      if (template.test(text)) {
        if (!problems.some(({ message }) => message === templateMessage))
          problems.push({
            message: templateMessage,
            place: templatePlace(text, name, lines),
            fix: templateFix,
          })
        continue
      }
      const [message = 'this is not YAML'] = error.message.split('\n')
      problems.push({ message, place, fix: 'correct the YAML at this place' })
      continue
    }
    const value = valueOf(document, name, problems)
    if (value === undefined) continue
    const tree = new Tree(document)
    documents.push({
      file: name,
      value,
      place: (path) => placeIn(tree, path, { name, lines }),
      tag: (path) => tree.find(path)?.tag,
    })
  }
  return { documents, problems }
}

/** An action of Go's templates, as Helm writes them; Jinja's look alike. */
const template = /(?:^|[:-][ \t]+|\n)[ \t]*\{\{-?\s*(?:[.$(]|[a-z]|\/\*)/
export const templateFix = 'give what it renders to, such as the output of helm template'
const templateMessage = `this is a template, not YAML; ${templateFix}`

function templatePlace(text: string, file: string, lines: LineCounter): Place {
  const { line, col } = lines.linePos(Math.max(0, text.indexOf('{{', text.search(template))))
  return { file, line, column: col }
}

function documentsOf(
  text: string,
  lineCounter: LineCounter,
  { name, problems }: { readonly name: string; readonly problems: Problem[] },
): readonly Document[] {
  try {
    const parsed = parseAllDocuments(text, { lineCounter, merge: true, uniqueKeys: true, logLevel: 'silent' })
    return Array.isArray(parsed) ? parsed : []
  } catch {
    // The parser recurses: a text of a hundred thousand brackets exhausts its stack.
    problems.push({ message: 'the file cannot be read', place: { file: name }, fix: 'flatten the document' })
    return []
  }
}

/** The plain value; undefined for an empty document, and for one that goes too deep or grows by its aliases. */
function valueOf(document: Document, file: string, problems: Problem[]): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: mostAliases })
    if (value === null || value === undefined) return undefined
    return isWithinDepth(value, file, problems) ? value : undefined
  } catch (error) {
    const message = error instanceof ReferenceError ? error.message : 'the document cannot be read'
    problems.push({ message, place: { file }, fix: 'use fewer aliases' })
    return undefined
  }
}

function depthOf(value: unknown, above: number): number {
  if (typeof value !== 'object' || value === null || above > deepest) return above
  let deepestMember = above + 1
  for (const member of Object.values(value))
    deepestMember = Math.max(deepestMember, depthOf(member, above + 1))
  return deepestMember
}

function placeIn(
  tree: Tree,
  path: readonly (string | number)[],
  { name, lines }: { readonly name: string; readonly lines: LineCounter },
): Place {
  const field = path.join('.')
  const named = field === '' ? {} : { field }
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = tree.find(path.slice(0, length))?.offset
    if (offset === undefined) continue
    const { line, col } = lines.linePos(offset)
    return { file: name, line, column: col, ...named }
  }
  return { file: name, ...named }
}

/** A node of a document, where its key begins (or itself, in a list), and its tag. */
interface Found {
  readonly node: unknown
  readonly offset: number | undefined
  readonly tag: string | undefined
}

/** Finds nodes by path. Maps are indexed once: a wide one is asked for each of its members. */
class Tree {
  readonly #document: Document
  readonly #indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

  constructor(document: Document) {
    this.#document = document
  }

  find(path: readonly (string | number)[]): Found | undefined {
    let found: Found | undefined = foundAt(this.#document.contents, undefined)
    for (const step of path) {
      found = this.#step(found, step)
      if (found === undefined) return undefined
    }
    return found
  }

  #step({ node, offset }: Found, step: string | number): Found | undefined {
    const parent = isAlias(node) ? node.resolve(this.#document) : node
    if (isMap(parent)) {
      const pair = this.#pairs(parent).get(String(step))
      if (pair === undefined) return undefined
      const keyOffset = isNode(pair.key) ? pair.key.range?.[0] : undefined
      return { ...foundAt(pair.value, offset), offset: keyOffset ?? offset }
    }
    if (!isSeq(parent)) return undefined
    const item = parent.items[Number(step)]
    return isNode(item) ? foundAt(item, offset) : undefined
  }

  #pairs(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#indexes.get(map)
    if (known !== undefined) return known
    const index = new Map(
      map.items.map((pair) => [String(isNode(pair.key) ? pair.key.toJSON() : pair.key), pair] as const),
    )
    this.#indexes.set(map, index)
    return index
  }
}

function foundAt(node: unknown, around: number | undefined): Found {
  if (!isNode(node)) return { node, offset: around, tag: undefined }
  return { node, offset: node.range?.[0] ?? around, tag: isAlias(node) ? undefined : node.tag }
}
