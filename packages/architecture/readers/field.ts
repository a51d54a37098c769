import type { Evidence, Fact, Note } from '../model.ts'
import type { SourceDocument } from './document.ts'

/** Notes about more places than this help nobody. */
const mostNotes = 100

/** What a reader could not use, each said once, and no more than people would read. */
export class Notes {
  readonly #said = new Map<string, Note>()
  #more = 0

  add(message: string, evidence: Evidence): void {
    const key = `${evidence.file ?? ''}\n${evidence.field ?? ''}\n${message}`
    if (this.#said.has(key)) return
    if (this.#said.size < mostNotes) this.#said.set(key, { message, evidence })
    else this.#more += 1
  }

  all(): readonly Note[] {
    const notes = [...this.#said.values()]
    if (this.#more === 0) return notes
    return [...notes, { message: `${this.#more} more notes of the same reader are left out`, evidence: {} }]
  }
}

/** One value in a document of somebody else, with its place. What is absent, or of a wrong type, is undefined; the latter is noted. */
export class Field {
  readonly value: unknown
  readonly path: readonly (string | number)[]
  readonly #document: SourceDocument
  readonly #notes: Notes
  #place: Evidence | undefined

  constructor(document: SourceDocument, notes: Notes, at: Pick<Field, 'value' | 'path'>) {
    this.#document = document
    this.#notes = notes
    this.value = at.value
    this.path = at.path
  }

  static rootOf(document: SourceDocument, notes: Notes): Field {
    return new Field(document, notes, { value: document.value, path: [] })
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null
  }

  get file(): string {
    return this.#document.file
  }

  /** Where it stands. */
  evidence(how?: Evidence['how']): Evidence {
    this.#place ??= this.#document.place(this.path)
    return how === undefined ? this.#place : { ...this.#place, how }
  }

  fact<T>(value: T, how?: Evidence['how']): Fact<T> {
    return { value, evidence: this.evidence(how) }
  }

  note(message: string): void {
    this.#notes.add(message, this.evidence())
  }

  at(key: string): Field {
    const value = isObject(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined
    return this.#step(value, key)
  }

  /** The same document at another place, as a reference in it leads there. */
  elsewhere(path: readonly string[]): Field {
    let field = Field.rootOf(this.#document, this.#notes)
    for (const step of path) field = Array.isArray(field.value) ? field.item(Number(step)) : field.at(step)
    return field
  }

  /** The root of another document, which notes go to the same list. */
  in(document: SourceDocument): Field {
    return Field.rootOf(document, this.#notes)
  }

  item(index: number): Field {
    const value: unknown = Array.isArray(this.value) ? this.value[index] : undefined
    return this.#step(value, index)
  }

  members(): readonly (readonly [string, Field])[] {
    if (!this.#is('an object', isObject(this.value)) || !isObject(this.value)) return []
    return Object.keys(this.value).map((key) => [key, this.at(key)] as const)
  }

  items(): readonly Field[] {
    if (!this.#is('a list', Array.isArray(this.value)) || !Array.isArray(this.value)) return []
    return this.value.map((_, index) => this.item(index))
  }

  text(): string | undefined {
    const { value } = this
    return this.#is('text', typeof value === 'string') && typeof value === 'string' ? value : undefined
  }

  /** Text, or a number as its digits: what people write without quotes in YAML. */
  word(): string | undefined {
    return typeof this.value === 'number' ? String(this.value) : this.text()
  }

  number(): number | undefined {
    const { value } = this
    return this.#is('a number', typeof value === 'number' && Number.isFinite(value))
      ? Number(value)
      : undefined
  }

  flag(): boolean | undefined {
    const { value } = this
    return this.#is('true or false', typeof value === 'boolean') ? value === true : undefined
  }

  /** The texts of a list; what else is in it is noted. */
  texts(): readonly string[] {
    return this.items().flatMap((item) => item.word() ?? [])
  }

  #step(value: unknown, key: string | number): Field {
    return new Field(this.#document, this.#notes, { value, path: [...this.path, key] })
  }

  #is(wanted: string, fits: boolean): boolean {
    if (this.present && !fits) this.note(`this is ${typeNameOf(this.value)}, not ${wanted}; it is not used`)
    return fits
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function typeNameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`
}
