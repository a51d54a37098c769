import type { Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import { messageOf } from '@plimsoll/base'
import { internal, problemJson, type ProblemAnswer } from '../answer.ts'
import type { Exchange, HttpRequest, HttpResponse, Peer } from './exchange.ts'
import { problemType } from './http-message.ts'
import { findOperation, HttpCall, noPeer } from './http-request.ts'
import { send } from './http-response.ts'
import type { ListenOptions, OnCall } from './transport.ts'

interface HttpFace extends Pick<Exchange, 'options' | 'state'> {
  readonly onCall: OnCall
  /** Who opened the connection of a request. */
  readonly peerOf: (request: HttpRequest) => Peer | undefined
}

/** Answers calls that come as HTTP requests, of version 1.1 or 2. */
export function answerHttp(server: Server | Http2Server, { options, state, onCall, peerOf }: HttpFace): void {
  const ended = new WeakSet<object>()
  const receive = (request: HttpRequest, response: HttpResponse) => {
    // What was sent right behind a message that nobody can tell the end of is not looked at.
    if (ended.has(request.socket)) return
    void answerRequest({ request, response, peer: peerOf(request), options, state, onCall }, ended)
  }
  const events = server as Server
  events.on('request', receive)
  events.on('checkContinue', (request, response) => {
    response.writeContinue()
    receive(request, response)
  })
  events.on('checkExpectation', receive)
}

async function answerRequest(exchange: Exchange, ended: WeakSet<object>): Promise<void> {
  const { options, peer, request, state } = exchange
  state.running += 1
  try {
    const found = findOperation(exchange)
    if ('answer' in found || peer === undefined) {
      const { answer, ends, allow } = 'answer' in found ? found : { answer: noPeer }
      if (ends === true && request.httpVersionMajor === 1) ended.add(request.socket)
      logRefusal(exchange, answer)
      await send(exchange, answer, { ends, allow })
      return
    }
    await send(exchange, await exchange.onCall(new HttpCall(exchange, peer, found)))
  } catch (thrown) {
    options.logger.write('error', 'call-failed', { reason: messageOf(thrown), path: pathOf(request) })
    await send(exchange, internal(''))
  } finally {
    state.running -= 1
  }
}

function logRefusal({ request, peer, options }: Exchange, answer: ProblemAnswer): void {
  options.logger.write('warn', 'request-refused', {
    caller: peer?.identity.id,
    method: request.method,
    path: pathOf(request),
    status: answer.status,
    reason: answer.reason ?? answer.detail,
  })
}

/** Its first segment, where that is a word: the rest, and the query, hold values of the caller's own, which may be anybody's data. */
function pathOf({ url }: HttpRequest): string {
  const [, first = '', rest = ''] = /^\/([A-Za-z_$][\w$-]{0,63})(?=[/?]|$)(.?)/.exec(url ?? '') ?? []
  return first === '' ? '/…' : `/${first}${rest === '' ? '' : '/…'}`
}

/** What Node's parser refuses never becomes a request; it has its answer here. */
export function answerBrokenRequests(server: Server, { logger }: ListenOptions): void {
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
