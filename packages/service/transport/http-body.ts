import { InvalidInput } from '@plimsoll/base'
import { CallFailure } from '../errors.ts'
import type { HttpRequest } from './exchange.ts'

export const jsonContent = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i
const lineFeed = 0x0a

/** The whole body. By events, because iterating a request to an early end would close the connection before the answer. */
export function readBytes(request: HttpRequest, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > maxBytes) {
        request.pause()
        reject(
          new InvalidInput('JSON_TOO_LARGE', [{ message: `the input is larger than ${maxBytes} bytes` }]),
        )
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('close', () => reject(gone()))
    request.once('error', () => undefined) // 'close' follows
  })
}

/** The body as it comes; nothing is read from the connection before it is asked for. Leaving early leaves the rest unread. */
export async function* readPieces(request: HttpRequest): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
  } catch (thrown) {
    throw request.destroyed ? gone(thrown) : thrown
  }
  if (!request.complete) throw gone()
}

/**
 * The lines of a body, without their line feeds. The last one may lack its line feed: where a body ends is what HTTP says.
 * @throws {InvalidInput} `JSON_TOO_LARGE` where a line is longer than `maxBytes`
 */
export async function* readLines(request: HttpRequest, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let parts: Uint8Array[] = []
  let held = 0
  const tooLong = () =>
    new InvalidInput('JSON_TOO_LARGE', [{ message: `an item is larger than ${maxBytes} bytes` }])
  for await (const chunk of readPieces(request)) {
    let at = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, at)) {
      if (held + end - at > maxBytes) throw tooLong()
      yield held === 0 ? chunk.subarray(at, end) : Buffer.concat([...parts, chunk.subarray(at, end)])
      parts = []
      held = 0
      at = end + 1
    }
    if (at < chunk.length) parts.push(chunk.subarray(at))
    held += chunk.length - at
    if (held > maxBytes) throw tooLong()
  }
  if (held > 0) yield Buffer.concat(parts)
}

function gone(cause?: unknown): CallFailure {
  return new CallFailure('CANCELLED', 'the caller has gone', { target: '', cause })
}
