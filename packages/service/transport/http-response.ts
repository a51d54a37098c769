import { parseJson } from '@plimsoll/base'
import { problemDetails } from '@plimsoll/contract'
import { problemJson, type Answer, type BodyAnswer } from '../answer.ts'
import { BodyFailure } from '../streams/body-failure.ts'
import { begin, isGone, streamOf, type Exchange, type HttpRequest } from './exchange.ts'
import { errorHeader, jsonType, problemType } from './http-message.ts'
import { sendBody, type BodyResponse } from './http-stream.ts'

export interface Sending {
  /** True where the connection ends with this answer. */
  readonly ends?: boolean | undefined
  readonly allow?: string | undefined
}

type WholeAnswer = Exclude<Answer, BodyAnswer>

/** Sends the answer, where there is still somebody to have it; resolves when the last of it is on its way. */
export async function send(exchange: Exchange, answer: Answer, sending: Sending = {}): Promise<void> {
  if (isGone(exchange.response) || exchange.response.headersSent) return
  if (answer.kind === 'body') await sendBody(responseOf(exchange), answer.body)
  else sendWhole(exchange, answer, sending)
  endUnread(exchange)
}

function responseOf({ request, response }: Exchange): BodyResponse {
  return {
    response,
    accept: request.headers['accept'],
    headOnly: request.method === 'HEAD',
    problemOf: (thrown) => (thrown instanceof BodyFailure ? problemJson(thrown.answer) : undefined),
  }
}

function sendWhole(exchange: Exchange, answer: WholeAnswer, { ends = false, allow }: Sending): void {
  const { response, request } = exchange
  const status = answer.kind === 'output' ? 200 : answer.status
  const body = bodyOf(answer)
  const headers: Record<string, string | number> = {
    'content-type': answer.kind === 'output' ? jsonType : problemType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...(answer.kind === 'declared' ? { [errorHeader]: 'declared' } : {}),
    ...(allow === undefined ? {} : { allow }),
  }
  const close = ends || exchange.state.draining || status === 401 || leavesBodyUnread(exchange, status)
  // HTTP/2 has no such header: its streams end one by one, and a session that drains says so itself.
  if (close && streamOf(response) === undefined) headers['connection'] = 'close'
  begin(response, status, headers)
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}

/** Problem details (RFC 9457) for everything but an output, as the OpenAPI document has it. */
function bodyOf(answer: WholeAnswer): string {
  if (answer.kind === 'output') return answer.json
  if (answer.kind === 'problem') return problemJson(answer)
  const { code, data } = parseJson(answer.json) as { readonly code: string; readonly data?: unknown }
  return JSON.stringify(problemDetails(answer.status, { code, data }))
}

/** A body that nobody will read ends the connection, but for one that is small by its own word and still coming in. */
function leavesBodyUnread({ request }: Exchange, status: number): boolean {
  if (isComplete(request)) return false
  return status === 413 || status >= 500 || request.headers['content-length'] === undefined
}

/** What is left of a body is read past, for so long and no longer. */
function endUnread({ request, response, options }: Exchange): void {
  if (isComplete(request)) return
  const stream = streamOf(response)
  const timer = setTimeout(() => {
    if (stream === undefined) request.socket.destroy()
    else stream.close()
  }, options.limits.requestTimeoutMs)
  const done = () => clearTimeout(timer)
  request.once('end', done).once('close', done)
  request.resume()
}

function isComplete(request: HttpRequest): boolean {
  return request.complete || request.destroyed
}
