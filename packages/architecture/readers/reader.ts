import type {
  ArchitectureOperation,
  Call,
  Component,
  ConfigurationObject,
  NetworkSegment,
  Note,
  Zone,
} from '../model.ts'
import type { SourceDocument } from './document.ts'

/** What one reader found; what several readers found of one component is merged. */
export interface ArchitecturePart {
  readonly components: readonly Component[]
  readonly operations?: readonly ArchitectureOperation[] | undefined
  readonly calls?: readonly Call[] | undefined
  readonly zones?: readonly Zone[] | undefined
  readonly objects?: readonly ConfigurationObject[] | undefined
  readonly networks?: readonly NetworkSegment[] | undefined
  readonly notes?: readonly Note[] | undefined
}

/** What a reader may ask for while it reads. */
export interface ReaderContext {
  /** Values for `${NAME}` in the files. */
  readonly environment: Readonly<Record<string, string>>
  /** Compose profiles that are on. */
  readonly profiles: readonly string[]
  /**
   * Another file that a document refers to, by its path relative to that document; undefined where it is not there, is too large or
   * lies outside of the folder that was given. Nothing is ever fetched.
   */
  load(path: string, from: string): SourceFile | undefined
  /** Paths of the files in a folder beside the file `from`, relative to that folder, sorted. Empty where nothing there may be read. */
  list(folder: string, from: string): readonly string[]
}

/** A file as it was given: its path as people know it, and its text. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

/** Turns the documents of one format into a part of an architecture. Pure: it touches no file. */
export interface Reader {
  /** Such as `compose`. */
  readonly format: string
  /** True where the document is of this format. Exactly one reader should say so. */
  recognises(document: SourceDocument): boolean
  /** @throws {InvalidInput} only where nothing of the documents can be used; everything else is a note. */
  read(documents: readonly SourceDocument[], context: ReaderContext): ArchitecturePart
}
