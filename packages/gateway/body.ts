import type { IncomingMessage } from 'node:http'
import { InvalidInput, parseJson, type Json } from '@plimsoll/base'
import { GatewayRefusal } from './errors.ts'
import { announcesBody } from './message.ts'

/** The longest that a body of JSON, or the rest of one that nobody wants, may take to come. */
const bodyTimeoutMs = 30_000
/** The longest body that a request may have. */
const maxBodyBytes = 1024 * 1024

const json = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i

/**
 * The JSON of a request's body; undefined where it has none.
 * @param proceed called when the headers are accepted and the body may come (`Expect: 100-continue`).
 * @throws {GatewayRefusal} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, `INVALID_INPUT`
 */
export async function readJsonBody(request: IncomingMessage, proceed: () => void): Promise<Json | undefined> {
  if (!announcesBody(request)) return undefined
  checkBodyHeaders(request)
  proceed()
  const bytes = await readBytes(request)
  return bytes.length === 0 ? undefined : parse(bytes)
}

function checkBodyHeaders({ headers }: IncomingMessage): void {
  if (headers['content-encoding'] !== undefined) {
    throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding.')
  }
  if (!json.test(headers['content-type'] ?? '')) {
    throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json in UTF-8.')
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
}

function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => onBroken(), bodyTimeoutMs)
    const settle = (outcome: () => void) => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
      outcome()
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBodyBytes) settle(() => reject(tooLarge()))
      else chunks.push(chunk)
    }
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks)))
    const onBroken = () =>
      settle(() => reject(new GatewayRefusal('TIMEOUT', 'The body did not arrive whole.')))
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
  })
}

function parse(bytes: Uint8Array): Json {
  try {
    return parseJson(bytes, { maxBytes: maxBodyBytes })
  } catch (thrown) {
    if (!(thrown instanceof InvalidInput)) throw thrown
    throw new GatewayRefusal('INVALID_INPUT', 'The body is not JSON as it is accepted here.', {
      problems: thrown.problems,
      cause: thrown,
    })
  }
}

function tooLarge(): GatewayRefusal {
  return new GatewayRefusal('BODY_TOO_LARGE', `A body may have ${maxBodyBytes} bytes.`)
}

/** What a refused request may still send before the connection is ended: most of what is already on its way. */
const maxDiscardedBytes = 4 * maxBodyBytes

/** Reads past what is left of a body, so that the answer arrives and the connection can go on; bounded. */
export function discardBody(request: IncomingMessage): void {
  if (request.complete) return
  let left = maxDiscardedBytes
  const timer = setTimeout(() => request.socket.destroy(), bodyTimeoutMs)
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.socket.destroy()
  })
  request.resume()
}
