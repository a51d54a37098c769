import { problemJson, type Answer } from '../answer.ts'
import type { Exchange } from './exchange.ts'
import { errorHeader, jsonType, problemType } from './http-message.ts'

/** Sends the answer, where there is still somebody to have it. */
export function send(exchange: Exchange, answer: Answer): void {
  const { response, state } = exchange
  if (response.destroyed || response.headersSent) return
  const status = answer.kind === 'output' ? 200 : answer.status
  const body = answer.kind === 'problem' ? problemJson(answer) : answer.json
  response.statusCode = status
  response.setHeader('content-type', answer.kind === 'problem' ? problemType : jsonType)
  response.setHeader('content-length', Buffer.byteLength(body))
  if (answer.kind === 'declared') response.setHeader(errorHeader, 'declared')
  if (status === 405) response.setHeader('allow', 'POST')
  if (state.draining || status === 401 || leavesBodyUnread(exchange, status))
    response.setHeader('connection', 'close')
  response.end(body)
}

/** A body that nobody will read ends the connection, but for one that is small by its own word and still coming in. */
function leavesBodyUnread({ request }: Exchange, status: number): boolean {
  if (request.complete) return false
  return status === 413 || status >= 500 || request.headers['content-length'] === undefined
}
