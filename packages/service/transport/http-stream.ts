import { constants } from 'node:http2'
import { begin, isGone, streamOf, type HttpResponse } from './exchange.ts'
import { eventsType, linesType } from './http-message.ts'
import type { OutgoingBody } from './transport.ts'

/** How items look in a response. */
interface Format {
  readonly type: string
  frame(piece: Uint8Array): Uint8Array
  /** After the last item of a stream that is complete. */
  readonly end: string
  /** In the place of the rest of one that is not; undefined where the format has no word for it. */
  problem(json: string): string | undefined
}

/** One JSON text in each line (https://jsonlines.org). A stream that broke is a response that does not end as HTTP wants it. */
const lines: Format = {
  type: linesType,
  frame: (piece) => Buffer.concat([piece, newline]),
  end: '',
  problem: () => undefined,
}
const newline = Buffer.from('\n')

/** Server-sent events (WHATWG HTML, section 9.2): an item is a message; `end` says that there are no more, `problem` why. */
const events: Format = {
  type: eventsType,
  frame: (piece) => Buffer.concat([data, piece, blank]),
  end: 'event: end\ndata:\n\n',
  problem: (json) => `event: problem\ndata: ${json}\n\n`,
}
const data = Buffer.from('data: ')
const blank = Buffer.from('\n\n')

/** The bytes of a file as they are. */
const raw = (type: string): Format => ({ type, frame: (piece) => piece, end: '', problem: () => undefined })

/** Where a body goes, and how. */
export interface BodyResponse {
  readonly response: HttpResponse
  /** The request's `Accept`. */
  readonly accept: string | undefined
  /** True for HEAD, whose answer has no body. */
  readonly headOnly: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Problem details as JSON for what ended a body; undefined where nothing may be told. */
  readonly problemOf: (thrown: unknown) => string | undefined
}

/** Sends a stream or a file, piece by piece, as fast as it is taken. Resolves when all of it is on its way, or nobody wants it. */
export async function sendBody(to: BodyResponse, body: OutgoingBody): Promise<void> {
  const { response } = to
  const format = formatOf(body, to.accept)
  begin(response, 200, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...to.headers,
    'content-type': format.type,
    ...(body.size === undefined ? {} : { 'content-length': body.size }),
  })
  if (to.headOnly) {
    await body.pieces[Symbol.asyncIterator]().return?.()
    response.end()
    return
  }
  try {
    for await (const piece of body.pieces) {
      if (isGone(response)) return
      await write(response, format.frame(piece), body)
    }
    if (!isGone(response)) response.end(format.end)
  } catch (thrown) {
    breakOff(to, format, thrown)
  }
}

function formatOf({ kind, type }: OutgoingBody, accept: string | undefined): Format {
  if (kind === 'file') return raw(type ?? 'application/octet-stream')
  return (accept ?? '').toLowerCase().includes(eventsType) ? events : lines
}

/** Waits until there is room again, the other end has gone, or the call has ended. */
function write(
  response: HttpResponse,
  piece: Uint8Array,
  { ending }: OutgoingBody,
): Promise<void> | undefined {
  if (writes(response, piece)) return undefined
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      ending.offEnd(done)
      resolve()
    }
    response.on('drain', done).on('close', done)
    ending.onEnd(done)
  })
}

function writes(response: HttpResponse, piece: Uint8Array): boolean {
  return 'stream' in response ? response.write(piece) : response.write(piece)
}

/** Nothing that was begun may look complete. */
function breakOff({ response, problemOf }: BodyResponse, format: Format, thrown: unknown): void {
  if (isGone(response)) return
  const problem = problemOf(thrown)
  const said = problem === undefined ? undefined : format.problem(problem)
  if (said !== undefined) {
    response.end(said)
    return
  }
  const stream = streamOf(response)
  if (stream === undefined) response.destroy()
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR)
}
