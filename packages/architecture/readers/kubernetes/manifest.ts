import { templateFix, type SourceDocument } from '../document.ts'
import { Field, isObject, type Notes } from '../field.ts'
import { knownKind } from './kinds.ts'
import { labelsOf, type Labels } from './selector.ts'

/** What a kustomization changes in the objects of a file. */
export interface Overlay {
  readonly namespace?: string | undefined
  /** Image without tag → the image that takes its place. */
  readonly images: ReadonlyMap<string, { readonly image: string; readonly field: Field }>
  /** Workload → its replicas. */
  readonly replicas: ReadonlyMap<string, Field>
  /** What names of objects get before and after them in the cluster. Components keep their names without. */
  readonly prefix: string
  readonly suffix: string
}

/** One object of the cluster, as a file describes it. */
export interface Manifest {
  /** Its kind, with `istio/` or `gateway/` before those of Istio and of the Gateway API. */
  readonly type: string
  readonly kind: string
  readonly apiVersion: string
  readonly name: string
  /** Undefined: it belongs to the whole cluster. */
  readonly namespace: string | undefined
  readonly labels: Labels
  readonly annotations: Labels
  /** What replaces its API version, where that is deprecated or removed. */
  readonly replacement: string | undefined
  readonly root: Field
  readonly overlay: Overlay
}

export const defaultNamespace = 'default'
const deepestList = 3

/** All objects, those in Lists too, each once. What is unknown, a template or twice there is noted. */
export function manifestsOf(
  documents: readonly SourceDocument[],
  overlayOf: (document: SourceDocument) => Overlay,
  notes: Notes,
): readonly Manifest[] {
  const unknown = new Map<string, Field>()
  const templates = new Map<string, Field>()
  const manifests: Manifest[] = []
  for (const document of documents) {
    for (const root of objectsOf(document, notes, 0)) {
      if (isTemplate(root)) {
        if (!templates.has(document.file)) templates.set(document.file, root)
        continue
      }
      const manifest = manifestOf(root, overlayOf(document), unknown)
      if (manifest !== undefined) manifests.push(manifest)
    }
  }
  for (const field of templates.values()) field.note(`this is a template, not a manifest; ${templateFix}`)
  for (const [kind, field] of [...unknown].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    field.note(`${kind} is a kind that is not understood; objects of it are not used`)
  return withoutDuplicates(manifests)
}

function objectsOf(document: SourceDocument, notes: Notes, depth: number): readonly Field[] {
  const root = Field.rootOf(document, notes)
  const kind = root.at('kind').value
  const items = root.at('items')
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items.value)) return [root]
  if (depth >= deepestList) {
    root.note('lists in lists go too deep; this one is not used')
    return []
  }
  return items.items().flatMap((item, index) => {
    const before = ['items', index] as const
    const inner: SourceDocument = {
      file: document.file,
      value: item.value,
      place: (path) => {
        const field = path.join('.')
        const { field: _whole, ...place } = document.place([...before, ...path])
        return field === '' ? place : { ...place, field }
      },
    }
    return objectsOf(inner, notes, depth + 1)
  })
}

function manifestOf(root: Field, overlay: Overlay, unknown: Map<string, Field>): Manifest | undefined {
  const kind = root.at('kind').text()
  const apiVersion = root.at('apiVersion').text() ?? 'v1'
  if (kind === undefined || kind === '') {
    root.note('this has no kind; it is not used')
    return undefined
  }
  const known = knownKind(apiVersion, kind)
  if (known === undefined) {
    const key = `${apiVersion} ${kind}`
    if (!unknown.has(key)) unknown.set(key, root.at('kind'))
    return undefined
  }
  const metadata = root.at('metadata')
  const name = nameAt(metadata)
  if (name === '') {
    metadata.note(`this ${kind} has no name; it is not used`)
    return undefined
  }
  const stated = overlay.namespace ?? metadata.at('namespace').word()
  return {
    type: known.type,
    kind,
    apiVersion,
    name,
    namespace: known.namespaced ? (stated ?? defaultNamespace) : undefined,
    labels: labelsOf(metadata.at('labels')),
    annotations: labelsOf(metadata.at('annotations')),
    replacement: known.replacement,
    root,
    overlay,
  }
}

/** A generated name without the dash before what the cluster adds. */
function nameAt(metadata: Field): string {
  return metadata.at('name').word() ?? metadata.at('generateName').word()?.replace(/-+$/, '') ?? ''
}

/** Of several descriptions of one object the fullest counts, whatever their order. */
function withoutDuplicates(manifests: readonly Manifest[]): readonly Manifest[] {
  const groups = Map.groupBy(manifests, (manifest) => `${manifest.type} ${objectId(manifest)}`)
  return [...groups.values()].flatMap((group) => {
    const [fullest, ...others] = group
      .map((manifest) => ({ manifest, text: orderedText(manifest.root.value) }))
      .toSorted((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    if (fullest === undefined) return []
    for (const { manifest, text } of others) {
      if (text !== fullest.text)
        manifest.root.note(`${objectId(manifest)} is described more than once; this description is not used`)
    }
    return [fullest.manifest]
  })
}

/** `Kind namespace/name`, as in `ConfigurationObject`. */
export function objectId({ kind, namespace, name }: Manifest): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

/** The same text for the same value, whatever the order of its keys. */
function orderedText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) =>
      isObject(member)
        ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : member,
    ) ?? ''
  )
}

/** `{{ … }}` in the name, or as a value: YAML takes that for a map in a map. */
function isTemplate(root: Field): boolean {
  const metadata = root.at('metadata')
  const names: readonly unknown[] = [metadata.at('name').value, metadata.at('namespace').value]
  return names.some((name) => typeof name === 'string' && name.includes('{{')) || hasTemplateKey(root.value)
}

function hasTemplateKey(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasTemplateKey)
  if (!isObject(value)) return false
  return Object.entries(value).some(
    ([key, member]) => (member === null && /^\{ .+ \}$/s.test(key)) || hasTemplateKey(member),
  )
}
