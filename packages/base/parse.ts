import { InvalidInput } from './errors.ts'
import type { Json } from './json.ts'

export type JsonErrorCode = 'JSON_TOO_LARGE' | 'JSON_TOO_DEEP' | 'JSON_SYNTAX' | 'JSON_KEY'

export interface JsonLimits {
  /** Default 1 MiB. */
  readonly maxBytes?: number
  /** Nested arrays and objects. Default 32. */
  readonly maxDepth?: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads JSON (RFC 8259) from somebody who is not trusted: bounded in size and depth, strict UTF-8, and only what every
 * reader understands alike (I-JSON, RFC 7493): no name stands twice in an object, no text holds half a character. The key
 * `__proto__`, which some readers take for something else, is refused too.
 * @throws {InvalidInput} one of `JsonErrorCode`
 */
export function parseJson(content: Uint8Array | string, limits: JsonLimits = {}): Json {
  const { maxBytes = 1_048_576, maxDepth = 32 } = limits
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  if (size > maxBytes)
    throw problem('JSON_TOO_LARGE', `${size} bytes of JSON are more than ${maxBytes}`, 'send less')
  const bytes = typeof content === 'string' ? bytesOf(content) : content
  const { members: written, ascii, escapes } = scan(bytes, maxDepth)
  const text = typeof content === 'string' ? content : decode(content, ascii)
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    throw syntaxProblem(text, error)
  }
  if (escapes && escapedHalf.test(text)) checkTexts(value)
  if (countMembers(value) !== written)
    throw problem('JSON_KEY', 'a name stands twice in one object', 'give each name once')
  return value
}

const escapedHalf = /\\u[dD][89a-fA-F]/

function bytesOf(text: string): Buffer {
  checkText(text)
  return Buffer.from(text)
}

function checkText(text: string): void {
  if (!text.isWellFormed())
    throw problem('JSON_SYNTAX', 'a text holds half a character', 'encode the text as UTF-8')
}

/** Of ASCII, Latin-1 says the same as UTF-8, and needs no strict decoder. */
function decode(content: Uint8Array, ascii: boolean): string {
  if (ascii && Buffer.isBuffer(content)) return content.toString('latin1')
  try {
    return decoder.decode(content)
  } catch {
    throw problem('JSON_SYNTAX', 'this is not UTF-8', 'encode the text as UTF-8')
  }
}

/** What one look at the bytes tells, before anything is built from them. */
interface Scan {
  /** Members that are written outside of texts: each has one colon. */
  readonly members: number
  readonly ascii: boolean
  /** Texts hold escapes. */
  readonly escapes: boolean
}

const quote = 0x22
const backslash = 0x5c

/**
 * Every byte of a character beyond ASCII is above 0x7f (RFC 3629, section 3), so that bytes of JSON's own signs are never part of another character.
 */
// oxlint-disable-next-line complexity -- one look at each byte; in parts it would cost a call for each
function scan(bytes: Uint8Array, maxDepth: number): Scan {
  let depth = 0
  let members = 0
  let seen = 0
  let escapes = false
  const end = bytes.length
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      for (at += 1; at < end && bytes[at] !== quote; at += 1) {
        const inside = bytes[at] ?? 0
        seen |= inside
        if (inside !== backslash) continue
        escapes = true
        at += 1
      }
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1
      if (depth > maxDepth)
        throw problem('JSON_TOO_DEEP', `more than ${maxDepth} levels of JSON`, 'send a flatter value')
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1
    else if (byte === 0x3a) members += 1
    else seen |= byte
  }
  return { members, ascii: seen < 0x80, escapes }
}

/**
 * How many members the value has: fewer than were written where a name stood twice. A name that comes from the prototype of all objects
 * makes it more, and is refused as well.
 */
function countMembers(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) members += countMembers(item)
    return members
  }
  const object = value as Readonly<Record<string, Json>>
  // oxlint-disable-next-line guard-for-in -- a foreign name is to be counted; and an array of names would cost more than all the rest
  for (const name in object) {
    if (name === '__proto__') throw problem('JSON_KEY', 'the key __proto__ is not accepted', 'rename it')
    const member = object[name] ?? null
    members += typeof member === 'object' ? 1 + countMembers(member) : 1
  }
  return members
}

/** Looks for halves of characters in names and texts. */
function checkTexts(value: Json): void {
  if (typeof value === 'string') return checkText(value)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value as Readonly<Record<string, Json>>)) {
    checkText(name)
    checkTexts(member)
  }
  return undefined
}

function syntaxProblem(text: string, error: unknown): InvalidInput<JsonErrorCode> {
  const at = Number(/at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? Number.NaN)
  if (Number.isNaN(at))
    return problem('JSON_SYNTAX', 'this is not JSON', 'correct it; every JSON checker shows where')
  const before = text.slice(0, at).split('\n')
  return new InvalidInput<JsonErrorCode>('JSON_SYNTAX', [
    {
      message: 'this is not JSON',
      place: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      fix: 'correct it at this place',
    },
  ])
}

function problem(code: JsonErrorCode, message: string, fix: string): InvalidInput<JsonErrorCode> {
  return new InvalidInput(code, [{ message, fix }])
}
