import { parseJson, type Json } from '@plimsoll/base'
import type { Subject } from './service.ts'

const longestHeader = 8_192
const mostScopes = 100
const longestName = 128
const base64url = /^[A-Za-z0-9_-]+$/
const printable = /^[\x21-\x7e]+$/

/** The subject as it travels: its JSON, base64url. */
export function encodeSubject(subject: Subject): string {
  const { consumer, scopes } = subject
  return Buffer.from(JSON.stringify({ consumer, scopes })).toString('base64url')
}

/** The subject of a header; undefined where the text is not exactly what `encodeSubject` writes. */
export function decodeSubject(text: string): Subject | undefined {
  if (text.length > longestHeader || !base64url.test(text)) return undefined
  const value = readJson(Buffer.from(text, 'base64url'))
  if (value === undefined || !isSubject(value)) return undefined
  return encodeSubject(value) === text ? value : undefined
}

function readJson(bytes: Uint8Array): Json | undefined {
  try {
    return parseJson(bytes, { maxBytes: longestHeader, maxDepth: 2 })
  } catch {
    return undefined
  }
}

function isSubject(value: unknown): value is Subject {
  if (typeof value !== 'object' || value === null || !('consumer' in value) || !('scopes' in value))
    return false
  const { consumer, scopes } = value
  return isWord(consumer) && Array.isArray(scopes) && scopes.length <= mostScopes && scopes.every(isWord)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestName && printable.test(value)
}
