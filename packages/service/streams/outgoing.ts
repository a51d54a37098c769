import type { FileBody, Stream } from '@plimsoll/contract'
import type { OutgoingFile } from '../sides.ts'
import { summaryOf, validateSent } from '../validation.ts'
import type { Misfit } from './incoming.ts'

/** Large enough that a piece costs little, small enough that many files at once cost no memory. */
const pieceBytes = 65_536

/** Items as JSON texts, each one checked when it is asked for. */
export async function* itemPieces(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  { item, maxItemBytes }: Stream,
  misfit: Misfit,
): AsyncGenerator<Uint8Array, void> {
  for await (const value of items) {
    const checked = await validateSent(item, value)
    if (!checked.ok)
      throw misfit(`an item does not fit the contract: ${summaryOf(checked.problems)}`, checked.problems)
    const json: unknown = JSON.stringify(checked.value)
    if (typeof json !== 'string') throw misfit('an item cannot be written as JSON')
    const piece = Buffer.from(json)
    if (piece.length > maxItemBytes) throw misfit(`an item is larger than ${maxItemBytes} bytes`)
    yield piece
  }
}

/** A file in pieces, counted while it goes. */
export async function* filePieces(
  { bytes, size }: OutgoingFile,
  { maxBytes }: FileBody,
  misfit: Misfit,
): AsyncGenerator<Uint8Array, void> {
  let total = 0
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
    if (!(chunk instanceof Uint8Array)) throw misfit('a file is made of bytes')
    total += chunk.length
    if (total > Math.min(maxBytes, size ?? maxBytes)) throw misfit('the file is larger than was said')
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes)
  }
  if (size !== undefined && total !== size) throw misfit('the file is smaller than was said')
}

/** What is wrong with a file that a program hands on; undefined where nothing is. */
export function outgoingFileProblem(file: unknown, { types, maxBytes }: FileBody): string | undefined {
  if (typeof file !== 'object' || file === null) return 'a file is { type, bytes }'
  const { type, size, bytes } = file as Partial<OutgoingFile>
  if (type === undefined || !types.includes(type)) return `a file is one of ${types.join(', ')}`
  if (!(bytes instanceof Uint8Array) && !isAsyncIterable(bytes))
    return 'the bytes of a file are a Uint8Array, or something that gives them one after the other'
  return sizeProblem(size ?? (bytes instanceof Uint8Array ? bytes.length : undefined), maxBytes)
}

function sizeProblem(said: number | undefined, maxBytes: number): string | undefined {
  if (said === undefined) return undefined
  if (!Number.isSafeInteger(said) || said < 0) return 'the size of a file is a number of bytes'
  return said > maxBytes ? `a file has at most ${maxBytes} bytes` : undefined
}

/** The number of bytes, where it is known before they are sent. */
export function sizeOf({ bytes, size }: OutgoingFile): number | undefined {
  return size ?? (bytes instanceof Uint8Array ? bytes.length : undefined)
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
