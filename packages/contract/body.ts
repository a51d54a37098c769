import { parseDuration, type Duration } from '@plimsoll/base'
import type { Schema } from './schema.ts'

/** An operation's input or output that is a sequence of items, each of them checked, sent while it is made. */
export interface Stream<Item extends Schema = Schema, Head extends Schema | undefined = Schema | undefined> {
  readonly kind: 'stream'
  readonly item: Item
  /** What comes once, before the items; inputs alone have one. */
  readonly head: Head
  readonly maxItemBytes: number
  readonly idleMs: number
  readonly longestMs: number
}

/** An operation's input or output that is a file: bytes of any length, passed on in pieces and never held whole. */
export interface FileBody<Head extends Schema | undefined = Schema | undefined> {
  readonly kind: 'file'
  /** Media types that it may have. */
  readonly types: readonly string[]
  readonly maxBytes: number
  /** What comes once, before the bytes; inputs alone have one. */
  readonly head: Head
  readonly dataClass: string | undefined
  readonly idleMs: number
  readonly longestMs: number
}

export type Body = Stream | FileBody

interface Pace {
  /** The longest that nothing comes, or nothing is taken. Default 30 s. */
  readonly idle?: Duration
  /** The longest that the whole of it takes, from the beginning of the call. Default 5 minutes, at most 24 hours. */
  readonly longest?: Duration
}

export interface StreamOptions<Head extends Schema | undefined> extends Pace {
  /** Members of the input beside the items: path parameters and the query, on HTTP. */
  readonly head?: Head
  /** The largest item, in bytes of JSON. Default 64 KiB, at most 512 KiB. */
  readonly maxItemBytes?: number
}

export interface FileOptions<Head extends Schema | undefined> extends Pace {
  /** Media types that are taken, such as `['image/png']`. Nothing else is. */
  readonly types: readonly string[]
  /** The largest file, in bytes. */
  readonly maxBytes: number
  /** Members of the input beside the file: path parameters and the query, on HTTP. */
  readonly head?: Head
  /** Data class of the content. */
  readonly dataClass?: string
}

const bodyDefaults = { maxItemBytes: 65_536, idleMs: 30_000, longestMs: 300_000 } as const

/** An item fits one frame of the wire; a file fits a number that JSON can say. */
export const bodyLimits = { maxItemBytes: 524_288, maxBytes: 2 ** 50, longestMs: 86_400_000 } as const

/**
 * Items that come one after the other, as fast as the receiver takes them.
 * @throws {InvalidInput} `DURATION`
 */
export function stream<const Item extends Schema, const Head extends Schema | undefined = undefined>(
  item: Item,
  options: StreamOptions<Head> = {},
): Stream<Item, Head> {
  const { head, maxItemBytes = bodyDefaults.maxItemBytes } = options
  return Object.freeze({ kind: 'stream', item, head: head as Head, maxItemBytes, ...paceOf(options) })
}

/**
 * A file, with a media type of the list and a largest size.
 * @throws {InvalidInput} `DURATION`
 */
export function file<const Head extends Schema | undefined = undefined>(
  options: FileOptions<Head>,
): FileBody<Head> {
  const { head, types, maxBytes, dataClass } = options
  return Object.freeze({ kind: 'file', types, maxBytes, head: head as Head, dataClass, ...paceOf(options) })
}

function paceOf({ idle, longest }: Pace): { readonly idleMs: number; readonly longestMs: number } {
  const milliseconds = (duration: Duration | undefined, otherwise: number) =>
    duration === undefined ? otherwise : parseDuration(duration)
  return {
    idleMs: milliseconds(idle, bodyDefaults.idleMs),
    longestMs: milliseconds(longest, bodyDefaults.longestMs),
  }
}

/** True for what `stream` and `file` make. */
export function isBody(declared: unknown): declared is Body {
  if (typeof declared !== 'object' || declared === null || !('kind' in declared)) return false
  return (declared.kind === 'stream' || declared.kind === 'file') && 'idleMs' in declared
}

/** The body of an input or output; undefined where it is a value. */
export function bodyOf(declared: Schema | Body): Body | undefined {
  return isBody(declared) ? declared : undefined
}

/** The schema of what comes at once: the whole of a value, or the head of a body. */
export function headOf(declared: Schema | Body): Schema {
  return isBody(declared) ? (declared.head ?? nothing) : declared
}

/** The schema of an object without members, for a body that has no head. */
const nothing: Schema = {
  '~standard': {
    version: 1,
    vendor: 'plimsoll',
    validate: (value) =>
      typeof value === 'object' && value !== null && Object.keys(value).length === 0
        ? { value: {} }
        : { issues: [{ message: 'takes no members' }] },
    jsonSchema: { input: emptyObject, output: emptyObject },
  },
}

function emptyObject(): Record<string, unknown> {
  return { type: 'object', properties: {}, additionalProperties: false }
}
