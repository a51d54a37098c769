import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { messageOf } from '@plimsoll/base'
import { internal, problemJson, type ProblemAnswer } from '../answer.ts'
import type { Exchange, Peer } from './exchange.ts'
import { problemType } from './http-message.ts'
import { incomingCall, noPeer, objectionTo } from './http-request.ts'
import { send } from './http-response.ts'
import type { ListenOptions, OnCall } from './transport.ts'

interface HttpFace extends Pick<Exchange, 'options' | 'state'> {
  readonly onCall: OnCall
  /** Who opened the connection of a request. */
  readonly peerOf: (socket: object) => Peer | undefined
}

/** Answers calls that come as HTTP/1.1 requests. */
export function answerHttp(server: Server, { options, state, onCall, peerOf }: HttpFace): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answerRequest({ request, response, peer: peerOf(request.socket), options, state, onCall })
  })
  answerBrokenRequests(server, options)
}

async function answerRequest(exchange: Exchange): Promise<void> {
  const { options, peer, request, state } = exchange
  state.running += 1
  try {
    const refusal = objectionTo(exchange)
    if (refusal !== undefined || peer === undefined) {
      const answer = refusal ?? noPeer
      logRefusal(exchange, answer)
      send(exchange, answer)
      return
    }
    send(exchange, await exchange.onCall(incomingCall(exchange, peer)))
  } catch (thrown) {
    options.logger.write('error', 'call-failed', { reason: messageOf(thrown), path: request.url })
    send(exchange, internal(''))
  } finally {
    state.running -= 1
  }
}

function logRefusal({ request, peer, options }: Exchange, answer: ProblemAnswer): void {
  options.logger.write('warn', 'request-refused', {
    caller: peer?.identity.id,
    method: request.method,
    path: request.url?.slice(0, 200),
    status: answer.status,
    reason: answer.detail,
  })
}

/** What Node's parser refuses never becomes a request; it has its answer here. */
function answerBrokenRequests(server: Server, { logger }: ListenOptions): void {
  server.on('clientError', (thrown: NodeJS.ErrnoException, socket) => {
    if (thrown.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, text] = brokenStatuses[thrown.code ?? ''] ?? ([400, 'Bad Request'] as const)
    logger.write('warn', 'request-refused', { status, reason: thrown.code ?? thrown.message })
    const body = problemJson({ kind: 'problem', status, code: 'REFUSED', detail: text.toLowerCase() })
    const head = `HTTP/1.1 ${status} ${text}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
    socket.end(head + body, () => socket.destroy())
  })
}

const brokenStatuses: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}
