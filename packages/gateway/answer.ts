import type { ServerResponse } from 'node:http'
import type { Json } from '@plimsoll/base'
import { problemDetails, type ProblemDetails } from '@plimsoll/contract'
import type { OutgoingBody } from '@plimsoll/service'
import { fileHeaders } from './bodies.ts'
import { GatewayRefusal } from './errors.ts'

/** What goes back to the consumer. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** In the place of the body, where it is a stream or a file. */
  readonly stream?: OutgoingBody
  /** What is given back when the answer has gone. */
  readonly held?: Disposable
}

/** On every answer, so that nothing is kept, guessed or fetched without TLS. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
} as const

const noBody = new Set([204, 304])

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

export function bodyAnswer(stream: OutgoingBody): Answer {
  return { status: 200, headers: stream.kind === 'file' ? fileHeaders : {}, body: '', stream }
}

export function textAnswer(text: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text }
}

/** An error that the operation's contract declares, as a problem with the members `code` and `data`. */
export function declaredErrorAnswer(error: {
  readonly code: string
  readonly status: number
  readonly data: Json | undefined
}): Answer {
  const { status, code, data } = error
  return problemAnswer(problemDetails(status, { code, data }), {})
}

/** Anything that was thrown, as a problem. What is not a refusal tells nothing but that the gateway failed. */
export function answerOfThrown(thrown: unknown): Answer {
  const refusal =
    thrown instanceof GatewayRefusal ? thrown : new GatewayRefusal('INTERNAL', 'The failure is recorded.')
  const { status, code, message, problems, headers } = refusal
  return problemAnswer(problemDetails(status, { detail: message, code, problems }), headers)
}

/** RFC 9457. */
function problemAnswer(problem: ProblemDetails, headers: Answer['headers']): Answer {
  return {
    status: problem.status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  }
}

/** Writes an answer; to HEAD without the body, but with its length (RFC 9110, section 9.3.2). */
export function writeAnswer(response: ServerResponse, answer: Answer, more: Answer['headers']): void {
  const bytes = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    ...securityHeaders,
    ...answer.headers,
    ...(noBody.has(answer.status) ? {} : { 'content-length': String(bytes.length) }),
    ...more,
  })
  response.end(response.req.method === 'HEAD' || noBody.has(answer.status) ? undefined : bytes)
}
