import { createHash } from 'node:crypto'
import { Failure } from './errors.ts'

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** `sha256:` and 64 hexadecimal digits, as in the OCI image specification. */
export type Digest = `sha256:${string}`

/**
 * The canonical text of a JSON value: RFC 8785 (JSON Canonicalization Scheme). Members whose value is `undefined`
 * are left out, as JSON.stringify does.
 * @throws {Failure} `NOT_JSON` on what JSON cannot say: a function, a bigint, NaN, an infinity, a lone surrogate, a hole in
 * an array, an object of a class (a Date, a Map), a circle.
 */
export function canonicalJson(value: unknown): string {
  return canonical(value, 0)
}

/** Deeper than anything that is meant; a circle gets here too. */
const mostDepth = 500

function canonical(value: unknown, depth: number): string {
  if (depth > mostDepth) throw new Failure('NOT_JSON', `more than ${mostDepth} levels, or a circle`)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return canonicalString(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (Array.isArray(value)) return `[${Array.from(value, (item) => canonical(item, depth + 1)).join(',')}]`
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>, depth)
  throw new Failure('NOT_JSON', `a ${typeof value} is not JSON`)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new Failure('NOT_JSON', 'a lone surrogate is not JSON')
  return JSON.stringify(value)
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Failure('NOT_JSON', `${value} is not JSON`)
  return JSON.stringify(value)
}

function canonicalObject(value: Record<string, unknown>, depth: number): string {
  if (!isPlain(value)) throw new Failure('NOT_JSON', 'an object of a class is not JSON')
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted() // UTF-16 code units, as RFC 8785 section 3.2.3 asks
    .map((key) => `${canonicalString(key)}:${canonical(value[key], depth + 1)}`)
  return `{${members.join(',')}}`
}

/** Members alone make a plain object what it is; a Date or a Map would lose what it holds. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** The digest of bytes, or of a text's UTF-8 bytes. */
export function digestOf(content: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** The digest of a JSON value: of its canonical text. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value))
}

/** True where the text is a digest as written here. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The first characters of a digest's hexadecimal part: enough for people, never for a decision. */
export function shortDigest(digest: Digest): string {
  return digest.slice(7, 19)
}
