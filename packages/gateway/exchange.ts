import type { IncomingMessage, ServerResponse } from 'node:http'
import { continueTrace, formatTraceparent } from '@plimsoll/service'
import { writeAnswer, type Answer } from './answer.ts'
import { discardBody } from './body.ts'

/** A consumer that does not read its answer loses the connection after this time. */
const slowReaderMs = 30_000

/** One request with its answer. */
export class Exchange {
  readonly request: IncomingMessage
  readonly traceId: string
  /** For the service: the same trace, the gateway as parent. */
  readonly traceparent: string
  /** What the log tells of the request, as far as it is known. */
  readonly facts: { consumer?: string; operation?: string } = {}
  readonly #response: ServerResponse
  readonly #gone = new AbortController()
  #awaitsContinue: boolean

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { readonly awaitsContinue: boolean },
  ) {
    const trace = continueTrace(request.headers['traceparent']?.toString())
    this.request = request
    this.traceId = trace.traceId
    this.traceparent = formatTraceparent(trace)
    this.#response = response
    this.#awaitsContinue = options.awaitsContinue
    response.once('close', () => this.#gone.abort())
  }

  /** Aborted when the consumer has gone, or has its answer. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** Tells a consumer that waits with the body to send it (RFC 9110, section 10.1.1). */
  proceed(): void {
    if (this.#awaitsContinue) this.#response.writeContinue()
    this.#awaitsContinue = false
  }

  /**
   * Sends the answer; what is left of the body is read past, within a bound.
   * @returns true where the connection ends with it
   */
  finish(answer: Answer, options: { readonly lastOfConnection: boolean }): boolean {
    const response = this.#response
    if (response.destroyed) return true
    // Who was not told to send the body may send it or not: the next message could begin in two places.
    const close = options.lastOfConnection || this.#awaitsContinue || answer.headers['connection'] === 'close'
    writeAnswer(response, answer, { 'x-request-id': this.traceId, ...(close && { connection: 'close' }) })
    discardBody(this.request)
    const timer = setTimeout(() => this.request.socket.destroy(), slowReaderMs)
    response.once('close', () => clearTimeout(timer))
    return close
  }
}
