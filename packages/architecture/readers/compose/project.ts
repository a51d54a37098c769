import { parseEnv } from 'node:util'
import type { Evidence, Note } from '../../model.ts'
import { parseDocuments, type SourceDocument } from '../document.ts'
import type { ReaderContext, SourceFile } from '../reader.ts'
import { extendServices } from './extends.ts'
import { interpolate } from './interpolate.ts'
import { mergeMaps } from './merge.ts'
import {
  Budget,
  entriesOf,
  itemsOf,
  member,
  nodeOf,
  textOf,
  textsOf,
  type MapNode,
  type Node,
} from './node.ts'
import { isTopLevelMember } from './shape.ts'

/** All Compose files together: included, merged, with what services extend. */
export interface Project {
  readonly name: string | undefined
  readonly services: ReadonlyMap<string, MapNode>
  readonly networks: Node | undefined
  readonly volumes: Node | undefined
  readonly secrets: Node | undefined
  readonly configs: Node | undefined
}

const sections = ['services', 'networks', 'volumes', 'secrets', 'configs', 'models'] as const
/** Nodes that all files together may grow to. */
const mostNodes = 2_000_000
const deepestInclude = 20
const longestReference = 10

type Environment = Readonly<Record<string, string>>

/** What the parts of loading share. */
export class Loading {
  readonly context: ReaderContext
  readonly budget = new Budget(mostNodes)
  readonly notes: Note[] = []
  readonly #said = new Set<string>()

  constructor(context: ReaderContext) {
    this.context = context
  }

  /** Says something once; `key` where it is about the same thing in other words. */
  note(message: string, evidence: Evidence, key = message): void {
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.notes.push({ message, evidence })
  }

  /** A file that a document refers to. Addresses of other machines are never fetched. */
  load(path: string, from: Evidence): SourceFile | undefined {
    if (isRemote(path)) {
      this.note(`${JSON.stringify(path)} is on another machine and is not fetched`, from)
      return undefined
    }
    const file = this.context.load(path, from.file ?? '')
    if (file === undefined) {
      this.note(
        `${JSON.stringify(path)} is not among the files that may be read: what it says is not known`,
        from,
      )
    }
    return file
  }

  /** The tree of a document, interpolated. `environment` counts where the project's has no value. */
  tree(document: SourceDocument, environment: Environment = {}): Node {
    return nodeOf(document, (text, place) => this.substitute(text, place, environment), this.budget)
  }

  /** Puts values in the place of variables; a missing one is noted once. */
  substitute(text: string, place: () => Evidence, environment: Environment = {}): string {
    return interpolate(text, {
      value: (name) => this.value(name, environment),
      missing: (name, required) => {
        const consequence = required ? 'Compose would not start' : 'an empty text stands for it'
        this.note(`the variable ${name} is not set: ${consequence}`, place(), `variable ${name}`)
      },
    })
  }

  /** A variable's value. Values of an environment file may refer to each other; one that refers to itself is empty. */
  value(name: string, environment: Environment = {}, chain: readonly string[] = []): string | undefined {
    const known = [this.context.environment, environment].find((values) => Object.hasOwn(values, name))
    const text = known?.[name]
    if (text === undefined || !text.includes('$')) return text
    if (chain.includes(name) || chain.length >= longestReference) return ''
    const value = (inner: string) => this.value(inner, environment, [...chain, name])
    return interpolate(text, { value, missing: () => undefined })
  }

  /** The documents of a file; what is wrong with it is noted. */
  documents(file: SourceFile): readonly SourceDocument[] {
    const { documents, problems } = parseDocuments(file)
    for (const { message, place } of problems) this.note(message, place ?? { file: file.name })
    return documents
  }
}

function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:|oci:|git:)/i.test(path)
}

/** Puts the documents together, in order. */
export function projectOf(documents: readonly SourceDocument[], loading: Loading): Project {
  let whole: MapNode | undefined
  for (const document of documents) {
    const root = withIncludes(loading.tree(document), loading, [document.file])
    if (root !== undefined) whole = whole === undefined ? root : mergeProjects(whole, root, loading)
  }
  const section = (name: (typeof sections)[number]) => member(whole, name)
  return {
    name: textOf(member(whole, 'name')),
    services: extendServices(section('services'), loading),
    networks: section('networks'),
    volumes: section('volumes'),
    secrets: section('secrets'),
    configs: section('configs'),
  }
}

/** A file with what it includes underneath. */
function withIncludes(root: Node, loading: Loading, chain: readonly string[]): MapNode | undefined {
  if (root.type !== 'map') return undefined
  for (const [name, node] of root.entries) {
    if (!isTopLevelMember(name))
      loading.note(`${name} is no member of a Compose file; it is not used`, node.place())
  }
  let whole: MapNode | undefined
  for (const entry of itemsOf(root.entries.get('include'))) {
    const included = includedBy(entry, loading, chain)
    if (included !== undefined)
      whole = whole === undefined ? included : mergeProjects(whole, included, loading)
  }
  return whole === undefined ? root : mergeProjects(whole, root, loading)
}

function includedBy(entry: Node, loading: Loading, chain: readonly string[]): MapNode | undefined {
  const paths = entry.type === 'map' ? textsOf(entry.entries.get('path')) : textsOf(entry)
  const environment = includedEnvironment(entry, loading)
  let whole: MapNode | undefined
  for (const path of paths) {
    const file = loading.load(path, entry.place())
    if (file === undefined) continue
    if (chain.includes(file.name) || chain.length > deepestInclude) {
      loading.note(`${[...chain, file.name].join(' includes ')}: a file cannot include itself`, entry.place())
      continue
    }
    for (const document of loading.documents(file)) {
      const root = withIncludes(loading.tree(document, environment), loading, [...chain, file.name])
      if (root !== undefined) whole = whole === undefined ? root : mergeProjects(whole, root, loading)
    }
  }
  return whole
}

function includedEnvironment(entry: Node, loading: Loading): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const path of textsOf(member(entry, 'env_file'))) {
    const file = loading.load(path, entry.place())
    if (file !== undefined) Object.assign(values, variablesIn(file.text))
  }
  return values
}

/** `NAME=value` lines, as Compose and Docker write them. */
export function variablesIn(text: string): Readonly<Record<string, string>> {
  const found = Object.entries(parseEnv(text))
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function mergeProjects(base: MapNode, override: MapNode, { budget }: Loading): MapNode {
  const entries = new Map([...base.entries, ...override.entries])
  for (const section of sections) {
    const [earlier, later] = [base.entries.get(section), override.entries.get(section)]
    if (earlier?.type !== 'map' || later?.type !== 'map') continue
    entries.set(section, later.tag === 'override' ? later : mergeResources(earlier, later, budget))
  }
  return { ...base, entries }
}

/** A service's or volume's own name is no member, whatever it is called. */
function mergeResources(base: MapNode, override: MapNode, budget: Budget): MapNode {
  const entries = new Map(base.entries)
  for (const [name, node] of entriesOf(override)) {
    const earlier = entries.get(name)
    if (node.tag === 'reset') entries.delete(name)
    else if (earlier?.type === 'map' && node.type === 'map' && node.tag !== 'override')
      entries.set(name, mergeMaps(earlier, node, budget))
    else if (earlier === undefined || node.type === 'map') entries.set(name, node)
  }
  return { ...base, entries }
}
