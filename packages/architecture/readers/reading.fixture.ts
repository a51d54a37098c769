import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseDocuments } from './document.ts'
import type { ArchitecturePart, Reader, ReaderContext } from './reader.ts'

/** What a reader makes of one text, with other files beside it by their path. */
export function read(
  reader: Reader,
  text: string,
  files: Readonly<Record<string, string>> = {},
): ArchitecturePart {
  const { documents } = parseDocuments({ name: 'shop.yaml', text })
  return reader.read(
    documents.filter((document) => reader.recognises(document)),
    contextOf(files),
  )
}

function contextOf(files: Readonly<Record<string, string>>): ReaderContext {
  return {
    environment: {},
    profiles: [],
    load: (path) => (Object.hasOwn(files, path) ? { name: path, text: files[path] ?? '' } : undefined),
    list: (folder) =>
      Object.keys(files).flatMap((path) =>
        path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
      ),
  }
}

export function messagesOf({ notes = [] }: ArchitecturePart): readonly string[] {
  return notes.map(({ message }) => message)
}

/** Reads a thousand documents that are each wrong in some places: values of other types, members that are missing or have odd names. */
export function readMutants(reader: Reader, text: string): void {
  const [document] = parseDocuments({ name: 'shop.yaml', text }).documents
  assert.ok(document)
  const places = placesIn(document.value)
  const change = fc.record({ at: fc.nat(places.length - 1), value: odd })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const value = structuredClone(document.value)
      for (const { at, value: replacement } of changes)
        replace(value, places[at] ?? [], structuredClone(replacement))
      const part = read(reader, JSON.stringify(value))
      for (const call of part.calls ?? []) assert.equal(typeof call.from + typeof call.to, 'stringstring')
      assert.equal(new Set(part.components.map(({ id }) => id)).size, part.components.length)
    }),
    { numRuns: 1_000, seed: 7 },
  )
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    -1,
    1e300,
    '',
    'constructor',
    '__proto__',
    '<b>\u001b[31m',
    [],
    {},
    [[]],
  ),
  fc.constant({ $ref: '#' }),
  fc.string({ maxLength: 5 }),
  fc.jsonValue({ maxDepth: 2 }),
)

type Path = readonly string[]

function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))]
}

function replace(root: unknown, path: Path, replacement: unknown): void {
  let at: unknown = root
  for (const step of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined | null)?.[step]
  const last = path.at(-1)
  if (typeof at !== 'object' || at === null || last === undefined) return
  if (replacement === undefined) delete (at as Record<string, unknown>)[last]
  else (at as Record<string, unknown>)[last] = replacement
}
