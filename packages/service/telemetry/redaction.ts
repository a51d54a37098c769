import { classifiedNames, classifiedValues, type JsonSchema } from '@plimsoll/contract'
import type { LogFacts } from '../log.ts'

/** What stands in a log, a span or a message in the place of something that may not. */
const redacted = '[redacted]'

/** A value that a call has to do with, and the schema that says which of it is classified. */
export interface Seen {
  readonly schema: JsonSchema
  readonly value: unknown
}

/** Pieces of a classified text that are looked for: messages often quote a part of it. */
const gramLength = 8
/** Up to this length a text is looked for as a word only, because it is a part of many others. */
const shortWord = 3
const mostCharacters = 256 * 1_024
/** More of a text is not looked through, and not shown. */
const longestText = 32_768

/**
 * Keeps the classified values of one call out of everything that is written down about it: the values themselves, long enough pieces of
 * them, and the ways in which they are usually written into a URL, JSON or a header. Whoever writes a value in another way still tells it.
 */
export class Redactor {
  readonly #names = new Set<string>()
  readonly #grams = new Set<string>()
  readonly #words = new Set<string>()
  #complete = true
  #characters = 0

  constructor(seen: readonly Seen[]) {
    for (const { schema, value } of seen) {
      for (const name of classifiedNames(schema)) this.#names.add(name.toLowerCase())
      const { texts, complete } = classifiedValues(schema, value)
      this.#complete &&= complete
      for (const text of texts) this.#learn(text)
    }
  }

  /** A text without anything classified in it. */
  text(text: string): string {
    if (!this.#complete) return redacted
    const shown = text.length > longestText ? text.slice(0, longestText) : text
    return redactPatterns(this.#withoutWords(this.#withoutGrams(shown)))
  }

  /** Facts without anything classified in them: by the name under which it stands, and by what it is. */
  facts(facts: LogFacts): LogFacts {
    return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, this.value(name, fact)]))
  }

  /** One fact or attribute. */
  value<Value>(name: string, value: Value): Value | string {
    if (value === undefined || typeof value === 'boolean') return value
    if (this.#names.has(lastWord(name))) return redacted
    const text = String(value)
    const shown = this.text(text)
    return shown === text ? value : shown
  }

  #learn(text: string): void {
    this.#characters += text.length
    if (this.#characters > mostCharacters) this.#complete = false
    if (!this.#complete) return
    for (const written of writings(text)) {
      if (written.length < gramLength) this.#words.add(written)
      else
        for (let at = 0; at + gramLength <= written.length; at += 1)
          this.#grams.add(written.slice(at, at + gramLength))
    }
  }

  #withoutGrams(text: string): string {
    if (this.#grams.size === 0) return text
    const lower = lowered(text)
    const hidden = new Uint8Array(text.length)
    for (let at = 0; at + gramLength <= lower.length; at += 1)
      if (this.#grams.has(lower.slice(at, at + gramLength))) hidden.fill(1, at, at + gramLength)
    return withoutHidden(text, hidden)
  }

  #withoutWords(text: string): string {
    let shown = text
    for (const word of this.#words) {
      if (word === '') continue
      const escaped = RegExp.escape(word)
      const pattern = word.length > shortWord ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`
      shown = shown.replaceAll(new RegExp(pattern, 'giu'), redacted)
    }
    return shown
  }
}

/** Knows of no call; keeps out what nobody writes down on purpose. */
export const withoutCall: Redactor = new Redactor([])

/** The text with one mark in the place of each run of hidden characters. */
function withoutHidden(text: string, hidden: Uint8Array): string {
  let shown = ''
  for (let at = 0; at < text.length;) {
    const begin = at
    const isHidden = hidden[at] === 1
    while (at < text.length && (hidden[at] === 1) === isHidden) at += 1
    shown += isHidden ? redacted : text.slice(begin, at)
  }
  return shown
}

/** The same length in lower case, so that places stay the same. */
function lowered(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text
}

/** How a text is written where it goes into something else, each once, in lower case. */
function writings(text: string): ReadonlySet<string> {
  const bytes = Buffer.from(text)
  const encoded = text.isWellFormed() ? encodeURIComponent(text) : text
  const ways = [
    text,
    JSON.stringify(text).slice(1, -1),
    encoded,
    encoded.replaceAll('%20', '+'),
    bytes.toString('hex'),
  ]
  // In base64 a text looks different after nothing, one and two bytes; its ends depend on its neighbours.
  for (const before of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes])
    const whole = shifted.toString('base64').replace(/=+$/, '')
    const inner = whole.slice(before === 0 ? 0 : before + 1, whole.length - 1)
    if (inner.length >= gramLength) ways.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return new Set(ways.map(lowered))
}

/** `customer.email`, `customer_email` and `email` all name an email. */
function lastWord(name: string): string {
  return (/[^._\-/]+$/.exec(name)?.[0] ?? name).toLowerCase()
}

const patterns: readonly RegExp[] = [
  /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g,
  /(?<=\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /\bplk_[A-Za-z0-9_-]{8,}/g,
  /(?<=:\/\/)[^\s/@:]{1,256}:[^\s/@]{1,256}(?=@)/g,
  /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g,
]
const digits = /(?<![\d.])\d(?:[ -]?\d){13,18}(?![\d.])/g

/** Without what looks like an e-mail address, a payment card, a key or a token, wherever it came from. */
export function redactPatterns(text: string): string {
  let shown = text
  for (const pattern of patterns) shown = shown.replaceAll(pattern, redacted)
  return shown.replaceAll(digits, (number) => (isCardNumber(number) ? redacted : number))
}

/** Payment card numbers end with a check digit: ISO/IEC 7812-1, annex B (Luhn). */
function isCardNumber(text: string): boolean {
  const plain = Array.from(text.replaceAll(/[^0-9]/g, ''), Number)
  const sum = plain.toReversed().reduce((total, digit, at) => {
    const weighted = at % 2 === 0 ? digit : digit * 2
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return sum % 10 === 0 && /^[2-6]/.test(text)
}
