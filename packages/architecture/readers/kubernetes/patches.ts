import { posix } from 'node:path'
import type { Place } from '@plimsoll/base'
import { parseDocuments, type SourceDocument } from '../document.ts'
import { Field, isObject, type Notes } from '../field.ts'
import type { ReaderContext } from '../reader.ts'
import { operationsOf, withMergePatch, withOperations } from './patched.ts'

/** One patch of a kustomization, and which objects it is for. */
export interface Patch {
  readonly value: unknown
  readonly places: (path: readonly (string | number)[]) => Place
  /** Members of the target; undefined: the object that the patch itself names. */
  readonly target: Field | undefined
}

/** What patches are read with. */
export interface PatchSource {
  readonly files: ReadonlyMap<string, readonly SourceDocument[]>
  readonly context: ReaderContext
  readonly notes: Notes
}

const mostPatches = 500

/** The patches of a kustomization, in order; one whose file is not there is noted. */
export function patchesOf(kustomization: SourceDocument, source: PatchSource): readonly Patch[] {
  const root = Field.rootOf(kustomization, source.notes)
  const strategic = root
    .at('patchesStrategicMerge')
    .items()
    .flatMap((entry) => read(entry, entry, { kustomization, source, target: undefined }))
  const others = [...root.at('patches').items(), ...root.at('patchesJson6902').items()].flatMap((entry) => {
    const target = entry.at('target')
    const asked = { kustomization, source, target: target.present ? target : undefined }
    return read(entry.at('path'), entry.at('patch'), asked)
  })
  return [...strategic, ...others].slice(0, mostPatches)
}

interface Asked {
  readonly kustomization: SourceDocument
  readonly source: PatchSource
  readonly target: Field | undefined
}

/** From a file, or from a text that stands in the kustomization itself. */
function read(path: Field, inline: Field, { kustomization, source, target }: Asked): readonly Patch[] {
  const name = path.value
  if (typeof name === 'string' && !name.includes('\n')) {
    const documents = documentsAt(name, kustomization, source)
    if (documents === undefined)
      path.note(`the patch ${name} is not among the files that may be read; it is not applied`)
    return (documents ?? []).map((document) => ({
      value: document.value,
      places: (path) => document.place(path),
      target,
    }))
  }
  const text = inline.value
  if (typeof text !== 'string') return []
  const { documents } = parseDocuments({ name: kustomization.file, text })
  return documents.map(({ value }) => ({ value, places: () => inline.evidence(), target }))
}

function documentsAt(
  name: string,
  { file: from }: SourceDocument,
  { files, context, notes }: PatchSource,
): readonly SourceDocument[] | undefined {
  const path = posix.join(posix.dirname(from), name)
  const given = files.get(path)
  if (given !== undefined) return given
  const loaded = context.load(name, from)
  if (loaded === undefined) return undefined
  const { documents, problems } = parseDocuments({ name: path, text: loaded.text })
  for (const { message, place } of problems) notes.add(message, place ?? { file: path })
  return documents
}

/** The object with those patches done that are for it. */
export function patchedBy(document: SourceDocument, patches: readonly Patch[]): SourceDocument {
  return patches.reduce((patched, { value, places, target }) => {
    const operations = operationsOf(value)
    if (!isFor(patched.value, target, operations === undefined ? value : undefined)) return patched
    return operations === undefined
      ? withMergePatch(patched, withoutNames(value, target), places)
      : withOperations(patched, operations, places)
  }, document)
}

function isFor(object: unknown, target: Field | undefined, patch: unknown): boolean {
  const { kind, name, namespace } = identityOf(object)
  if (kind === undefined) return false
  if (target === undefined) {
    const named = identityOf(patch)
    return named.kind === kind && named.name === name && [undefined, namespace].includes(named.namespace)
  }
  const fits = (key: string, value: string | undefined) => {
    const wanted = target.at(key).word()
    return wanted === undefined || (value !== undefined && matches(wanted, value))
  }
  return fits('kind', kind) && fits('name', name) && fits('namespace', namespace) && hasLabels(object, target)
}

/** `app=web,tier=front`; other forms of a selector fit nothing, since what they mean is not followed. */
function hasLabels(object: unknown, target: Field): boolean {
  const selector = target.at('labelSelector').word()
  if (target.at('annotationSelector').present) return false
  if (selector === undefined) return true
  const metadata = isObject(object) ? object['metadata'] : undefined
  const labels = isObject(metadata) && isObject(metadata['labels']) ? metadata['labels'] : {}
  return selector.split(',').every((pair) => {
    const [key, value] = pair.trim().split(/={1,2}/)
    return (
      key !== undefined && value !== undefined && Object.hasOwn(labels, key) && String(labels[key]) === value
    )
  })
}

/** Targets are regular expressions; of these `.*` is followed, which is what people write. */
function matches(wanted: string, value: string): boolean {
  const [first = '', ...others] = wanted.replace(/^\^/, '').replace(/\$$/, '').split(/\.\*/)
  const last = others.pop()
  if (last === undefined) return first === value
  if (!value.startsWith(first) || !value.endsWith(last)) return false
  let rest = value.slice(first.length, value.length - last.length)
  for (const part of others) {
    const at = rest.indexOf(part)
    if (at < 0) return false
    rest = rest.slice(at + part.length)
  }
  return value.length >= first.length + last.length
}

function identityOf(object: unknown): Readonly<Record<'kind' | 'name' | 'namespace', string | undefined>> {
  const whole = isObject(object) ? object : {}
  const metadata = isObject(whole['metadata']) ? whole['metadata'] : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { kind: text(whole['kind']), name: text(metadata['name']), namespace: text(metadata['namespace']) }
}

/** A patch for a target keeps the target's name and kind, whatever stands in the patch. */
function withoutNames(patch: unknown, target: Field | undefined): unknown {
  if (target === undefined || !isObject(patch)) return patch
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = patch
  if (!isObject(metadata)) return rest
  const { name: _name, namespace: _namespace, ...others } = metadata
  return { ...rest, metadata: others }
}
