import { parseDocuments } from '../document.ts'
import type { Field } from '../field.ts'
import type { ReaderContext } from '../reader.ts'

/** References that lead to references that lead to references: more in a row is a loop or a joke. */
const mostSteps = 20
const mostFiles = 200

/** Follows `$ref` (RFC 6901 pointers) within the document and to files beside it. Nothing is ever fetched. */
export class References {
  readonly #context: ReaderContext
  readonly #files = new Map<string, Field | undefined>()

  constructor(context: ReaderContext) {
    this.#context = context
  }

  /** What a field stands for: itself, or what its reference leads to; undefined where that is nothing. */
  resolve(field: Field): Field | undefined {
    let current = field
    for (let step = 0; step < mostSteps; step += 1) {
      const reference = current.at('$ref')
      if (!reference.present) return current
      const text = reference.text()
      const next = text === undefined ? undefined : this.#follow(text, reference)
      if (next === undefined) return undefined
      current = next
    }
    field.note('this reference leads in a circle; it is not used')
    return undefined
  }

  #follow(text: string, at: Field): Field | undefined {
    const [file = '', pointer = ''] = text.split('#', 2)
    const root = file === '' ? at.elsewhere([]) : this.#rootOf(file, at)
    if (root === undefined) return undefined
    const target = root.elsewhere(stepsOf(pointer))
    if (target.present) return target
    at.note('this reference leads to nothing; it is not used')
    return undefined
  }

  #rootOf(file: string, at: Field): Field | undefined {
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(file)) {
      at.note('this reference leads to another machine; nothing is fetched, and it is not used')
      return undefined
    }
    const key = `${at.file}\n${file}`
    if (!this.#files.has(key) && this.#files.size < mostFiles) this.#files.set(key, this.#load(file, at))
    return this.#files.get(key)
  }

  #load(file: string, at: Field): Field | undefined {
    const source = this.#context.load(file, at.file)
    const [document] = source === undefined ? [] : parseDocuments(source).documents
    if (document === undefined)
      at.note('the file that this reference leads to is not there, or cannot be read')
    return document === undefined ? undefined : at.in(document)
  }
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
