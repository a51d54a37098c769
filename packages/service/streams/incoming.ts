import { InvalidInput, parseJson, type Json, type Problem } from '@plimsoll/base'
import type { FileBody, Stream } from '@plimsoll/contract'
import type { IncomingFile } from '../sides.ts'
import type { IncomingBody } from '../transport/transport.ts'
import { validate } from '../validation.ts'
import { Paced, type Pace } from './paced.ts'

/** Makes the error of a piece that does not fit; whose mistake it is depends on the end. */
export type Misfit = (detail: string, problems?: readonly Problem[]) => Error

/** The items of a stream, each as its schema reads it, asked of the sender one by one. */
export async function* incomingItems(
  body: IncomingBody,
  { item, maxItemBytes }: Stream,
  { pace, misfit }: { readonly pace: Pace; readonly misfit: Misfit },
): AsyncGenerator<unknown, void> {
  for await (const piece of new Paced(readable(body.pieces, misfit), pace)) {
    const checked = await validate(item, readItem(piece, maxItemBytes, misfit))
    if (!checked.ok) throw misfit('an item does not fit the contract', checked.problems)
    yield checked.value
  }
}

/** What the wire itself cannot read is the sender's mistake too. */
async function* readable(
  pieces: AsyncIterable<Uint8Array>,
  misfit: Misfit,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces
  } catch (thrown) {
    throw thrown instanceof InvalidInput ? misfit(thrown.message) : thrown
  }
}

function readItem(piece: Uint8Array, maxBytes: number, misfit: Misfit): Json {
  try {
    return parseJson(piece, { maxBytes })
  } catch (thrown) {
    if (!(thrown instanceof InvalidInput)) throw thrown
    throw misfit(`an item cannot be read: ${thrown.message}`)
  }
}

/** A file, whose bytes are counted while they come. */
export function incomingFile(
  body: IncomingBody,
  { maxBytes }: FileBody,
  { pace, misfit }: { readonly pace: Pace; readonly misfit: Misfit },
): IncomingFile {
  const { type = 'application/octet-stream', size } = body
  return { type, size, bytes: counted(new Paced(body.pieces, pace), { size, maxBytes, misfit }) }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  {
    size,
    maxBytes,
    misfit,
  }: { readonly size: number | undefined; readonly maxBytes: number; readonly misfit: Misfit },
): AsyncGenerator<Uint8Array, void> {
  let total = 0
  for await (const piece of pieces) {
    total += piece.length
    if (total > maxBytes) throw misfit(`the file is larger than ${maxBytes} bytes`)
    yield piece
  }
  if (size !== undefined && total !== size)
    throw misfit(`the file has ${total} bytes and not ${size} as was said`)
}

/** What is wrong with a file before its first byte; undefined where nothing is. */
export function fileProblem({ type, size }: IncomingBody, { types, maxBytes }: FileBody): string | undefined {
  if (type === undefined || !types.includes(type)) return `the file is none of ${types.join(', ')}`
  return size !== undefined && size > maxBytes ? `the file is larger than ${maxBytes} bytes` : undefined
}
