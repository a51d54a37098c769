import { decodeInput, headProblem, readTarget, type Body, type RequestTarget } from '@plimsoll/contract'
import { InvalidInput, parseJson, type Json } from '@plimsoll/base'
import { refused, type ProblemAnswer } from '../answer.ts'
import { CallFailure } from '../errors.ts'
import { isGone, type Exchange, type HttpRequest, type Peer } from './exchange.ts'
import { jsonContent, readBytes, readLines, readPieces } from './http-body.ts'
import { deadlineHeader, linesType, stateHeader, subjectHeader, traceHeader } from './http-message.ts'
import { findRoute, type HttpRoute } from './http-routes.ts'
import type { IncomingBody, IncomingCall } from './transport.ts'

export const noPeer: ProblemAnswer = {
  kind: 'problem',
  status: 401,
  code: 'REFUSED',
  detail: 'the certificate of this connection is not valid any more',
}

/** What a request asks for. */
export interface FoundRoute {
  readonly route: HttpRoute
  readonly target: RequestTarget
  readonly pathParameters: Readonly<Record<string, string>>
}

/** A refusal before the operation is known. */
export interface RequestProblem {
  readonly answer: ProblemAnswer
  /** True where the next message on the connection could be a part of this one. */
  readonly ends?: boolean
  /** Methods that the address takes. */
  readonly allow?: string
}

/** The operation that a request is for, or what stands against taking it at all, in the order in which it is looked at. */
export function findOperation(exchange: Exchange): FoundRoute | RequestProblem {
  const { peer, options, state, request } = exchange
  if (peer === undefined || peer.notAfter <= Date.now()) return { answer: noPeer, ends: true }
  const { method = '', httpVersion, rawHeaders } = request
  const head = headProblem({ httpVersion, method, rawHeaders })
  if (head !== undefined) return { answer: problem(head.status, 'INVALID_INPUT', head.detail), ends: true }
  if (state.draining) return { answer: problem(503, 'DRAINING', 'this replica is about to end') }
  if (state.running > options.limits.maxRunning)
    return { answer: problem(503, 'OVERLOADED', 'too many calls at once') }
  const target = readTarget(request.url ?? '')
  if ('fix' in target) return { answer: problem(400, 'INVALID_INPUT', target.fix), ends: true }
  return findTarget(exchange, peer, target)
}

function findTarget(
  { request, options }: Exchange,
  peer: Peer,
  target: RequestTarget,
): FoundRoute | RequestProblem {
  const match = findRoute(options.http, request.method ?? '', target.path)
  if (match.kind === 'found') return { route: match.target, target, pathParameters: match.pathParameters }
  if (match.kind === 'malformed')
    return { answer: problem(400, 'INVALID_INPUT', 'the path can be read in more than one way'), ends: true }
  if (!options.http.mayKnow(peer.identity))
    return { answer: refused(`${peer.identity.id} may call nothing here`) }
  if (match.kind === 'not-found')
    return { answer: problem(404, 'REFUSED', 'there is no operation at this address') }
  const allow = match.allowed.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ')
  return { answer: problem(405, 'REFUSED', `this address takes ${allow}`), allow }
}

function problem(status: number, code: ProblemAnswer['code'], detail: string): ProblemAnswer {
  return { kind: 'problem', status, code, detail }
}

/** A call that came as an HTTP request. Nothing of its body is looked at before the interceptors want it. */
export class HttpCall implements IncomingCall {
  readonly operation: string
  readonly peer: Peer['identity']
  readonly metadata: IncomingCall['metadata']
  readonly #exchange: Exchange
  readonly #found: FoundRoute

  constructor(exchange: Exchange, peer: Peer, found: FoundRoute) {
    const { request } = exchange
    this.operation = found.route.name
    this.peer = peer.identity
    this.metadata = {
      deadline: headerOf(request, deadlineHeader),
      subject: headerOf(request, subjectHeader),
      traceparent: headerOf(request, traceHeader),
      tracestate: headerOf(request, stateHeader),
    }
    this.#exchange = exchange
    this.#found = found
  }

  async readInput(): Promise<Json> {
    const { route, target, pathParameters } = this.#found
    const { operation } = route
    const body = operation.inputBody === undefined ? await this.#readJson() : undefined
    return decodeInput(operation, { pathParameters, query: target.query, body })
  }

  openBody(declared: Body): IncomingBody | undefined {
    const { request } = this.#exchange
    if (!announcesBody(request)) return undefined
    if (request.headers['content-encoding'] !== undefined) throw mediaType('the body must have no encoding')
    const type = (request.headers['content-type'] ?? '').toLowerCase()
    if (declared.kind === 'file') {
      const length = request.headers['content-length']
      const size = length === undefined ? undefined : Number(length)
      return { type, size, pieces: readPieces(request) }
    }
    if (type !== linesType) throw mediaType(`the items must come as ${linesType}, one in each line`)
    return { type, size: undefined, pieces: readLines(request, declared.maxItemBytes) }
  }

  onGone(listener: () => void): void {
    const { response } = this.#exchange
    if (isGone(response)) return listener()
    response.once('close', () => {
      if (!response.writableFinished) listener()
    })
  }

  async #readJson(): Promise<Json | undefined> {
    const { request, options } = this.#exchange
    const { maxInputBytes: maxBytes, maxInputDepth: maxDepth } = options.limits
    if (!announcesBody(request)) return undefined
    const { headers } = request
    if (!jsonContent.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined)
      throw mediaType('the content type must be application/json, without an encoding')
    if (Number(headers['content-length'] ?? 0) > maxBytes)
      throw new InvalidInput('JSON_TOO_LARGE', [{ message: `the input is larger than ${maxBytes} bytes` }])
    const bytes = await readBytes(request, maxBytes)
    if (!isWhole(request)) throw new CallFailure('CANCELLED', 'the caller has gone', { target: '' })
    return parseJson(bytes, { maxBytes, maxDepth })
  }
}

function announcesBody(request: HttpRequest): boolean {
  const { headers } = request
  if ('stream' in request) return !request.stream.endAfterHeaders
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

/** False where the sender went away in the middle. */
function isWhole(request: HttpRequest): boolean {
  return 'stream' in request ? !request.stream.aborted : request.complete
}

function mediaType(message: string): InvalidInput {
  return new InvalidInput('MEDIA_TYPE', [{ message }])
}

/** A header's text; what was sent twice comes joined by a comma, which no valid value holds. */
function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
