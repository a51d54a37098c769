import type { IncomingMessage } from 'node:http'
import { InvalidInput, parseJson, type Json } from '@plimsoll/base'
import { invalidInput, type ProblemAnswer } from '../answer.ts'
import { CallFailure } from '../errors.ts'
import type { Exchange, Peer } from './exchange.ts'
import { deadlineHeader, subjectHeader, traceHeader } from './http-message.ts'
import type { IncomingCall, ListenOptions } from './transport.ts'

export const noPeer: ProblemAnswer = {
  kind: 'problem',
  status: 401,
  code: 'REFUSED',
  detail: 'the certificate of this connection is not valid any more',
}
const operationPath = /^\/[A-Za-z_$][\w$]{0,127}$/
const jsonContent = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/** What stands against taking the request at all, in the order in which it is looked at. */
export function objectionTo(exchange: Exchange): ProblemAnswer | undefined {
  const { peer, options, state } = exchange
  if (peer === undefined || peer.notAfter <= Date.now()) return noPeer
  if (state.draining) return problem(503, 'DRAINING', 'this replica is about to end')
  if (state.running > options.limits.maxRunning) return problem(503, 'UNAVAILABLE', 'too many calls at once')
  return objectionToHead(exchange)
}

function objectionToHead({ request, options }: Exchange): ProblemAnswer | undefined {
  const { headers, method, url = '' } = request
  if (!operationPath.test(url)) return problem(404, 'REFUSED', 'calls go to /<operation>')
  if (method !== 'POST') return problem(405, 'REFUSED', 'calls are POST requests')
  if (!jsonContent.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined)
    return invalidInput(415, 'the content type must be application/json, without an encoding')
  return Number(headers['content-length'] ?? 0) > options.limits.maxInputBytes
    ? invalidInput(413, 'the input is too large')
    : undefined
}

function problem(status: number, code: ProblemAnswer['code'], detail: string): ProblemAnswer {
  return { kind: 'problem', status, code, detail }
}

export function incomingCall(exchange: Exchange, peer: Peer): IncomingCall {
  const { request, response, options } = exchange
  return {
    operation: (request.url ?? '').slice(1),
    peer: peer.identity,
    metadata: {
      deadline: headerOf(request, deadlineHeader),
      subject: headerOf(request, subjectHeader),
      traceparent: headerOf(request, traceHeader),
    },
    readInput: () => readInput(request, options),
    onGone(listener) {
      response.once('close', () => {
        if (!response.writableFinished) listener()
      })
    },
  }
}

/** A header's text; what was sent twice comes joined by a comma, which no valid value holds. */
function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

async function readInput(request: IncomingMessage, { limits }: ListenOptions): Promise<Json> {
  const bytes = await readBody(request, limits.maxInputBytes)
  return parseJson(bytes, { maxBytes: limits.maxInputBytes, maxDepth: limits.maxInputDepth })
}

/** By events, because iterating a request to an early end would close the connection before the answer. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
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
    request.once('close', () => {
      if (!request.complete) reject(new CallFailure('CANCELLED', 'the caller has gone', { target: '' }))
    })
    request.once('error', () => undefined) // 'close' follows
  })
}
