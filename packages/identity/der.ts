/**
 * Writing DER (ITU-T X.690), as much as certificates need; and the few steps of reading that find a field in a certificate
 * that Node has already parsed.
 */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, Buffer.concat(elements))
}

export function set(...elements: readonly Uint8Array[]): Buffer {
  return element(tags.set, Buffer.concat(elements))
}

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1
  const shortest = bytes.subarray(start)
  const needsSign = ((shortest[0] ?? 0) & 0x80) !== 0
  return element(tags.integer, needsSign ? Buffer.concat([Buffer.from([0]), shortest]) : shortest)
}

export function boolean(value: boolean): Buffer {
  return element(tags.boolean, Buffer.from([value ? 0xff : 0x00]))
}

/** NULL. */
export function nothing(): Buffer {
  return element(tags.nothing, Buffer.alloc(0))
}

export function octetString(content: Uint8Array): Buffer {
  return element(tags.octetString, content)
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(tags.bitString, Buffer.concat([Buffer.from([unusedBits]), content]))
}

export function utf8String(text: string): Buffer {
  return element(tags.utf8String, Buffer.from(text, 'utf8'))
}

/** An object identifier in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(base128)
  return element(tags.objectIdentifier, Buffer.from(bytes))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest & 0x7f) | 0x80)
  }
  return bytes
}

/** A time as RFC 5280 (4.1.2.5) asks: UTCTime through 2049, GeneralizedTime from 2050 on. */
export function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  const inUtcTime = Number(digits.slice(0, 4)) < 2050
  return inUtcTime
    ? element(tags.utcTime, Buffer.from(digits.slice(2)))
    : element(tags.generalizedTime, Buffer.from(digits))
}

/** A context-specific element, `[number]`. */
export function context(
  number: number,
  content: Uint8Array,
  options: { readonly constructed: boolean },
): Buffer {
  return element((options.constructed ? 0xa0 : 0x80) | number, content)
}

/** One element as it was read. */
export interface Element {
  readonly tag: number
  readonly content: Buffer
}

/** The elements that stand one after another; undefined where the bytes are no DER, or have a tag of several bytes. */
export function readElements(bytes: Buffer): readonly Element[] | undefined {
  const elements: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    const header = (tag & 0x1f) === 0x1f ? undefined : readLength(bytes, at + 1)
    if (header === undefined || header.start + header.length > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(header.start, header.start + header.length) })
    at = header.start + header.length
  }
  return elements
}

function readLength(bytes: Buffer, at: number): { start: number; length: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { start: at + 1, length: first }
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return undefined
  const length = bytes.readUIntBE(at + 1, count)
  // One length has one writing (X.690, 10.1): the shortest.
  const shortest = length >= 0x80 && bytes[at + 1] !== 0
  return shortest ? { start: at + 1 + count, length } : undefined
}
