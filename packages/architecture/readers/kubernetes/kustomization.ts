import { posix } from 'node:path'
import { parseDocuments, type SourceDocument } from '../document.ts'
import { Field, isObject, type Notes } from '../field.ts'
import type { ReaderContext } from '../reader.ts'
import { Generators } from './generated.ts'
import type { Overlay } from './manifest.ts'
import { patchedBy, patchesOf, type Patch } from './patches.ts'
import { imageName } from './workload.ts'

/** The documents that count, and what kustomizations change in them. */
export interface Customised {
  readonly documents: readonly SourceDocument[]
  overlayOf(document: SourceDocument): Overlay
}

const mostLoaded = 500
const deepest = 10
const unchanged: Overlay = { images: new Map(), replicas: new Map(), prefix: '', suffix: '' }
/** Parts of a kustomization that change objects in ways that are not followed. */
const notFollowed = 'replacements vars helmCharts helmChartInflationGenerator generators transformers'.split(
  ' ',
)

export function isKustomization({ file, value }: SourceDocument): boolean {
  if (!isObject(value)) return false
  const { kind, apiVersion } = value
  if (typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/')) return true
  return kind === undefined && /(?:^|[/\\_])kustomization\.ya?ml$/i.test(file)
}

/** Follows kustomizations: to files that they list, and to what they change there. Nothing outside of the given folder is read. */
export function customised(
  given: readonly SourceDocument[],
  context: ReaderContext,
  notes: Notes,
): Customised {
  const files = new Map(
    [...Map.groupBy(given, ({ file }) => file)].map(([file, documents]) => [
      posix.normalize(file),
      documents,
    ]),
  )
  const walk: Walk = {
    files,
    context,
    notes,
    parents: new Map(),
    patches: new Set(),
    generators: new Generators(context, notes),
    chains: new Map(),
    loaded: 0,
  }
  for (const document of given) if (isKustomization(document)) follow(document, walk, 0)
  const documents = [...files]
    .filter(([file]) => !walk.patches.has(file))
    .flatMap(([, documents]) => documents)
    .filter((document) => !isKustomization(document))
  return {
    documents: [
      ...documents
        .map((document) => patchedBy(document, chainAt(document.file, walk).patches))
        .filter(({ value }) => value !== undefined),
      ...walk.generators.documents(),
    ],
    overlayOf: ({ file }) => chainAt(file, walk).overlay,
  }
}

/** What the kustomizations around a file do to it, together. */
interface Chain {
  readonly overlay: Overlay
  readonly patches: readonly Patch[]
}

interface Walk {
  readonly files: Map<string, readonly SourceDocument[]>
  readonly context: ReaderContext
  readonly notes: Notes
  /** File → the kustomizations that list it. */
  readonly parents: Map<string, Map<string, SourceDocument>>
  readonly patches: Set<string>
  readonly generators: Generators
  /** File → what is known of the kustomizations around it. */
  readonly chains: Map<string, Chain>
  loaded: number
}

function follow(document: SourceDocument, walk: Walk, depth: number): void {
  const root = Field.rootOf(document, walk.notes)
  for (const key of notFollowed) {
    if (root.at(key).present) root.at(key).note(`${key} of a kustomization are not applied`)
  }
  notePatches(root, document, walk)
  walk.generators.read(document)
  const missing: string[] = []
  for (const key of ['resources', 'bases', 'components']) {
    for (const entry of root.at(key).texts()) {
      const file = fileAt(entry, document, walk)
      if (file === undefined) {
        missing.push(entry)
        continue
      }
      const known = walk.parents.get(file) ?? new Map<string, SourceDocument>()
      if (known.has(document.file)) continue
      walk.parents.set(file, known.set(document.file, document))
      const next = walk.files.get(file)?.find(isKustomization)
      if (next !== undefined && depth < deepest) follow(next, walk, depth + 1)
    }
  }
  if (missing.length > 0)
    root
      .at('resources')
      .note(`${missing.length} of the files that it lists are not at the path that it names`)
}

/** A patch looks like an object, and is only a part of one. */
function notePatches(root: Field, { file }: SourceDocument, walk: Walk): void {
  const paths = [
    ...root.at('patchesStrategicMerge').items(),
    ...root
      .at('patches')
      .items()
      .map((patch) => patch.at('path')),
    ...root
      .at('patchesJson6902')
      .items()
      .map((patch) => patch.at('path')),
  ]
  for (const { value } of paths)
    if (typeof value === 'string' && !value.includes('\n'))
      walk.patches.add(posix.join(posix.dirname(file), value))
}

/** The file of an entry, read where it was not given; a folder stands for its kustomization. */
function fileAt(entry: string, { file: from }: SourceDocument, walk: Walk): string | undefined {
  if (/:\/\/|\?ref=|^(?:git@|github\.com\/)/.test(entry)) return undefined
  const names = /\.(?:ya?ml|json)$/i.test(entry)
    ? [entry]
    : ['kustomization.yaml', 'kustomization.yml'].map((name) => posix.join(entry, name))
  for (const name of names) {
    const path = posix.join(posix.dirname(from), name)
    if (walk.files.has(path)) return path
    if (walk.loaded >= mostLoaded) return undefined
    const source = walk.context.load(name, from)
    if (source === undefined) continue
    walk.loaded += 1
    const { documents, problems } = parseDocuments({ name: path, text: source.text })
    for (const { message, place } of problems) walk.notes.add(message, place ?? { file: path })
    walk.files.set(path, documents)
    return path
  }
  return undefined
}

function chainAt(file: string, walk: Walk): Chain {
  const path = posix.normalize(file)
  const known = walk.chains.get(path) ?? chainFrom(path, walk)
  walk.chains.set(path, known)
  return known
}

/** From the file upwards; the outer kustomization wins. Where several list it, which of them is meant is not known. */
function chainFrom(file: string, walk: Walk): Chain {
  const around: SourceDocument[] = []
  for (let at = file; around.length < deepest;) {
    const [parent, other] = [...(walk.parents.get(at)?.values() ?? [])]
    if (parent === undefined) break
    if (other !== undefined) {
      Field.rootOf(parent, walk.notes)
        .at('resources')
        .note('another kustomization lists some of these files too; what they change is not applied')
      break
    }
    around.push(parent)
    at = posix.normalize(parent.file)
  }
  return {
    overlay: around.reduce((overlay, each) => over(overlay, Field.rootOf(each, walk.notes)), unchanged),
    patches: around.flatMap((each) => [
      ...componentsOf(each, walk)
        .filter((component) => !around.includes(component))
        .flatMap((component) => patchesOf(component, walk)),
      ...patchesOf(each, walk),
    ]),
  }
}

/** Kustomizations whose changes apply to everything that this one lists (`kind: Component`). */
function componentsOf(document: SourceDocument, walk: Walk): readonly SourceDocument[] {
  return Field.rootOf(document, walk.notes)
    .at('components')
    .texts()
    .flatMap((entry) => {
      const file = fileAt(entry, document, walk)
      return file === undefined ? [] : (walk.files.get(file)?.find(isKustomization) ?? [])
    })
}

function over(inner: Overlay, root: Field): Overlay {
  const images = root
    .at('images')
    .items()
    .flatMap((field) => {
      const name = field.at('name').word()
      const [newName, tag, digest] = ['newName', 'newTag', 'digest'].map((key) => field.at(key).word())
      if (name === undefined) return []
      const suffix = digest !== undefined ? `@${digest}` : tag !== undefined ? `:${tag}` : ''
      return [[imageName(name), { image: `${newName ?? name}${suffix}`, field }] as const]
    })
  const replicas = root
    .at('replicas')
    .items()
    .flatMap((field) => {
      const name = field.at('name').word()
      return name === undefined ? [] : [[name, field.at('count')] as const]
    })
  return {
    namespace: root.at('namespace').word() ?? inner.namespace,
    images: new Map([...inner.images, ...images]),
    replicas: new Map([...inner.replicas, ...replicas]),
    prefix: `${root.at('namePrefix').word() ?? ''}${inner.prefix}`,
    suffix: `${inner.suffix}${root.at('nameSuffix').word() ?? ''}`,
  }
}
