import { InvalidInput, type Problem } from '@plimsoll/base'
import { basename, dirname, extname, posix } from 'node:path'
import { throwProblems } from '../errors.ts'
import type { Architecture, Note } from '../model.ts'
import { parseDocuments, type SourceDocument } from './document.ts'
import { readers } from './index.ts'
import { mergeParts, type ReadPart } from './merge.ts'
import type { Reader, ReaderContext, SourceFile } from './reader.ts'

export interface ReadOptions {
  /** Name of the architecture. Default: what the files say, or the name of their folder. */
  readonly name?: string | undefined
  /** Values for `${NAME}` in the files, as a `.env` file holds them; they may refer to each other. Default none. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Compose profiles that are on; `*` is all. Default none. */
  readonly profiles?: readonly string[] | undefined
  /**
   * Another file that a document refers to, by its path relative to the file `from`; undefined where it may not be read. Files that
   * are given are found without. Default: no others.
   */
  readonly load?: ((path: string, from: string) => SourceFile | undefined) | undefined
}

/**
 * The architecture that deployment files, API documents, models and traces tell of, together. What is broken or of an unknown format is
 * noted, where something else can be read. Pure: it touches no file.
 * @throws {InvalidInput} `FILES` or a reader's code, with every problem, where nothing can be read
 */
export function read(files: readonly SourceFile[], options: ReadOptions = {}): Architecture {
  const problems: Problem[] = []
  const documents = files.flatMap((file) => {
    const parsed = parseDocuments(file)
    problems.push(...parsed.problems)
    return parsed.documents
  })
  const parts = readAll(documents, contextOf(files, options), problems)
  if (parts.length === 0) throwProblems('FILES', problems.length > 0 ? problems : [nothingIn(files)])
  const notes = problems.map(noteOf)
  const name = options.name ?? nameIn(documents) ?? nameOfFolder(files)
  return mergeParts(name, [...parts, { format: 'files', part: { components: [], notes } }])
}

/** What each reader makes of its documents. */
function readAll(
  documents: readonly SourceDocument[],
  context: ReaderContext,
  problems: Problem[],
): readonly ReadPart[] {
  const byReader = Map.groupBy(documents, (document) => readers.find((reader) => reader.recognises(document)))
  const parts: ReadPart[] = []
  for (const document of byReader.get(undefined) ?? []) problems.push(unknownFormat(document))
  for (const reader of readers) {
    const own = byReader.get(reader)
    if (own === undefined) continue
    const part = readOrTell(reader, own, { context, problems })
    if (part !== undefined) parts.push(part)
  }
  return parts
}

function readOrTell(
  reader: Reader,
  documents: readonly SourceDocument[],
  { context, problems }: { readonly context: ReaderContext; readonly problems: Problem[] },
): ReadPart | undefined {
  try {
    return { format: reader.format, part: reader.read(documents, context) }
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

function contextOf(files: readonly SourceFile[], options: ReadOptions): ReaderContext {
  const given = new Map(files.map((file) => [posix.normalize(file.name), file]))
  return {
    environment: options.environment ?? {},
    profiles: options.profiles ?? [],
    load: (path, from) => given.get(posix.join(posix.dirname(from), path)) ?? options.load?.(path, from),
  }
}

function unknownFormat(document: SourceDocument): Problem {
  return {
    message: 'this is of no format that can be read; it is not used',
    place: document.place([]),
    fix: 'name a Compose, Kubernetes, OpenAPI, Threagile or data-flow file, or a file of traces',
  }
}

function nothingIn(files: readonly SourceFile[]): Problem {
  const [file] = files
  if (file === undefined) return { message: 'there is no file', fix: 'name a file' }
  return { message: 'there is nothing in it', place: { file: file.name }, fix: 'name another file' }
}

function noteOf({ message, place = {} }: Problem): Note {
  return { message, evidence: place }
}

function nameIn(documents: readonly SourceDocument[]): string | undefined {
  for (const { value } of documents) {
    if (typeof value !== 'object' || value === null || !('services' in value) || !('name' in value)) continue
    if (typeof value.name === 'string' && /^[\w.-]+$/.test(value.name)) return value.name
  }
  return undefined
}

/** The folder, or the file where it lies in none. */
function nameOfFolder([file]: readonly SourceFile[]): string {
  const folder = basename(dirname(file?.name ?? ''))
  if (folder !== '' && folder !== '.' && folder !== '..') return folder
  return basename(file?.name ?? 'architecture', extname(file?.name ?? ''))
}
