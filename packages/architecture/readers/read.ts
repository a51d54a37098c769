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
  /**
   * Paths of the files in a folder, which is named relative to the file `from`; the paths are relative to the folder. Files that are
   * given are found without. Default: no others.
   */
  readonly list?: ((folder: string, from: string) => readonly string[]) | undefined
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
  const given = new GivenFiles(files, options)
  const parts = readAll(documents, given, problems)
  if (parts.length === 0) throwProblems('FILES', problems.length > 0 ? problems : [nothingIn(files)])
  const notes = problems.map(noteOf)
  const name = options.name ?? nameIn(documents) ?? nameOfFolder(files)
  return mergeParts(name, [...parts, { format: 'files', part: { components: [], notes } }])
}

/** What each reader makes of its documents. */
function readAll(
  documents: readonly SourceDocument[],
  context: GivenFiles,
  problems: Problem[],
): readonly ReadPart[] {
  const byReader = Map.groupBy(documents, (document) => readers.find((reader) => reader.recognises(document)))
  const parts: ReadPart[] = []
  for (const reader of readers) {
    const own = byReader.get(reader)
    if (own === undefined) continue
    const part = readOrTell(reader, own, { context, problems })
    if (part !== undefined) parts.push(part)
  }
  // A file of configuration that another file leads to has been read with that.
  for (const document of byReader.get(undefined) ?? [])
    if (!context.isUsed(document.file)) problems.push(unknownFormat(document))
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

/** The files that were given, and those that may be read beside them. */
class GivenFiles implements ReaderContext {
  readonly environment: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
  readonly #given: ReadonlyMap<string, SourceFile>
  readonly #options: ReadOptions
  readonly #used = new Set<string>()

  constructor(files: readonly SourceFile[], options: ReadOptions) {
    this.environment = options.environment ?? {}
    this.profiles = options.profiles ?? []
    this.#given = new Map(files.map((file) => [posix.normalize(file.name), file]))
    this.#options = options
  }

  load(path: string, from: string): SourceFile | undefined {
    const whole = posix.join(posix.dirname(from), path)
    this.#used.add(whole)
    return this.#given.get(whole) ?? this.#options.load?.(path, from)
  }

  list(folder: string, from: string): readonly string[] {
    const start = `${posix.join(posix.dirname(from), folder).replace(/\/$/, '')}/`
    const given = [...this.#given.keys()]
      .filter((name) => start === './' || name.startsWith(start))
      .map((name) => (start === './' ? name : name.slice(start.length)))
    return [...new Set([...given, ...(this.#options.list?.(folder, from) ?? [])])].toSorted()
  }

  /** True where a reader asked for the file. */
  isUsed(file: string): boolean {
    return this.#used.has(posix.normalize(file))
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
