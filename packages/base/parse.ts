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
  const text = typeof content === 'string' ? checkText(content) : decode(content)
  const written = checkDepth(text, maxDepth)
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    throw syntaxProblem(text, error)
  }
  const members = checkMembers(value, { halves: /\\u[dD][89a-fA-F]/.test(text) })
  if (members < written) throw problem('JSON_KEY', 'a name stands twice in one object', 'give each name once')
  return value
}

function checkText(text: string): string {
  if (text.isWellFormed()) return text
  throw problem('JSON_SYNTAX', 'a text holds half a character', 'encode the text as UTF-8')
}

function decode(content: Uint8Array): string {
  try {
    return decoder.decode(content)
  } catch {
    throw problem('JSON_SYNTAX', 'this is not UTF-8', 'encode the text as UTF-8')
  }
}

/**
 * Looks at what stands outside of strings, before anything is built from the text.
 * @returns how many members the text writes: each has one colon
 */
function checkDepth(text: string, maxDepth: number): number {
  let depth = 0
  let members = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at += 1
      else if (code === 0x22) inString = false
    } else if (code === 0x22) {
      inString = true
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > maxDepth)
        throw problem('JSON_TOO_DEEP', `more than ${maxDepth} levels of JSON`, 'send a flatter value')
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1
    } else if (code === 0x3a) {
      members += 1
    }
  }
  return members
}

/**
 * Looks at names and texts.
 * @returns how many members the value has: fewer than were written where a name stood twice
 */
function checkMembers(value: Json, options: { readonly halves: boolean }): number {
  if (typeof value === 'string' && options.halves) checkText(value)
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let members = 0
    for (const item of value as readonly Json[]) members += checkMembers(item, options)
    return members
  }
  const object = value as Readonly<Record<string, Json>>
  const names = Object.keys(object)
  let members = names.length
  for (const name of names) {
    if (name === '__proto__') throw problem('JSON_KEY', 'the key __proto__ is not accepted', 'rename it')
    if (options.halves) checkText(name)
    members += checkMembers(object[name] ?? null, options)
  }
  return members
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
