import type { Place } from '@plimsoll/base'
import type { SourceDocument } from './document.ts'
import type { SourceFile } from './reader.ts'

/**
 * The documents of a JSON file, or of one with a JSON value a line (as collectors write traces). Places are looked up in the text
 * when they are asked for. Undefined where it is neither.
 */
export function parseJsonDocuments({ name, text }: SourceFile): readonly SourceDocument[] | undefined {
  const whole = parsed(text)
  if (whole !== undefined) return [documentOf(whole.value, new JsonText(name, text, 0))]
  const documents: SourceDocument[] = []
  let start = 0
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      const value = /^\s*[{[]/.test(line) ? parsed(line) : undefined
      if (value === undefined) return undefined
      documents.push(documentOf(value.value, new JsonText(name, text, start)))
    }
    start += line.length + 1
  }
  return documents
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function documentOf(value: unknown, text: JsonText): SourceDocument {
  return { file: text.file, value, place: (path) => text.place(path) }
}

/** Where a member's name or an item begins, and where its value does. */
interface Member {
  readonly offset: number
  readonly value: number
}

/** Finds places in a text that is known to be JSON. Each container is walked once, when something in it is asked for. */
class JsonText {
  readonly file: string
  readonly #text: string
  readonly #start: number
  readonly #members = new Map<number, ReadonlyMap<string, Member>>()
  #lineStarts: readonly number[] | undefined

  constructor(file: string, text: string, start: number) {
    this.file = file
    this.#text = text
    this.#start = start
  }

  place(path: readonly (string | number)[]): Place {
    let value = this.#skipSpace(this.#start)
    let offset = value
    for (const step of path) {
      const member = this.#membersAt(value).get(String(step))
      if (member === undefined) break
      offset = member.offset
      value = member.value
    }
    const field = path.join('.')
    return { file: this.file, ...this.#position(offset), ...(field === '' ? {} : { field }) }
  }

  #position(offset: number): { line: number; column: number } {
    this.#lineStarts ??= [0, ...[...this.#text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 }
  }

  #membersAt(start: number): ReadonlyMap<string, Member> {
    const known = this.#members.get(start)
    if (known !== undefined) return known
    const members = new Map<string, Member>()
    const opening = this.#text[start]
    if (opening === '{' || opening === '[') this.#walk(start, opening === '{', members)
    this.#members.set(start, members)
    return members
  }

  #walk(start: number, isObject: boolean, members: Map<string, Member>): void {
    let at = this.#skipSpace(start + 1)
    for (let index = 0; at < this.#text.length && !/[}\]]/.test(this.#text[at] ?? '}'); index += 1) {
      const offset = at
      let name = String(index)
      if (isObject) {
        const end = this.#skipString(at)
        name = JSON.parse(this.#text.slice(at, end)) as string
        at = this.#skipSpace(this.#skipSpace(end) + 1)
      }
      members.set(name, { offset, value: at })
      at = this.#skipSpace(this.#skipValue(at))
      if (this.#text[at] === ',') at = this.#skipSpace(at + 1)
    }
  }

  #skipSpace(at: number): number {
    let next = at
    while (/\s/.test(this.#text[next] ?? 'x')) next += 1
    return next
  }

  /** The end of a string that begins here. */
  #skipString(at: number): number {
    let next = at + 1
    while (next < this.#text.length && this.#text[next] !== '"') next += this.#text[next] === '\\' ? 2 : 1
    return next + 1
  }

  #skipValue(at: number): number {
    let depth = 0
    let next = at
    do {
      const character = this.#text[next]
      if (character === '"') next = this.#skipString(next) - 1
      else if (character === '{' || character === '[') depth += 1
      else if (character === '}' || character === ']') depth -= 1
      next += 1
    } while (next < this.#text.length && (depth > 0 || !/[,}\]\s]/.test(this.#text[next] ?? ',')))
    return next
  }
}
