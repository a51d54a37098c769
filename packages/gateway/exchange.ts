import type { IncomingMessage, ServerResponse } from 'node:http'
import { CallFailure, sendBody, type OutgoingBody, type Telemetry } from '@plimsoll/service'
import { answerOfThrown, securityHeaders, writeAnswer, type Answer } from './answer.ts'
import { discardBody } from './body.ts'
import { refusalOf } from './forward.ts'
import { RequestSpan } from './request-span.ts'

/** A consumer that does not read its answer loses the connection after this time. */
const slowReaderMs = 30_000

/** One request with its answer. */
export class Exchange {
  readonly request: IncomingMessage
  readonly span: RequestSpan
  /** What the log tells of the request, as far as it is known. */
  readonly facts: { consumer?: string; operation?: string } = {}
  readonly #response: ServerResponse
  readonly #gone = new AbortController()
  #awaitsContinue: boolean

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { readonly awaitsContinue: boolean; readonly telemetry: Telemetry },
  ) {
    this.request = request
    this.span = new RequestSpan(request, options.telemetry)
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
  async finish(answer: Answer, options: { readonly lastOfConnection: boolean }): Promise<boolean> {
    using _held = answer.held
    const response = this.#response
    if (response.destroyed) return true
    if (answer.stream !== undefined) return await this.#finishStream(answer, answer.stream)
    // Who was not told to send the body may send it or not: the next message could begin in two places.
    const close = options.lastOfConnection || this.#awaitsContinue || answer.headers['connection'] === 'close'
    writeAnswer(response, answer, {
      'x-request-id': this.span.trace.traceId,
      ...(close && { connection: 'close' }),
    })
    discardBody(this.request)
    const timer = setTimeout(() => this.request.socket.destroy(), slowReaderMs)
    response.once('close', () => clearTimeout(timer))
    return close
  }

  /** Whether the service has room for more decides how fast it goes, and its contract how long it may take. */
  async #finishStream({ headers }: Answer, stream: OutgoingBody): Promise<boolean> {
    const { request } = this
    await sendBody(
      {
        response: this.#response,
        accept: request.headers.accept,
        headOnly: request.method === 'HEAD',
        headers: { ...securityHeaders, ...headers, 'x-request-id': this.span.trace.traceId },
        problemOf: (thrown) =>
          answerOfThrown(thrown instanceof CallFailure ? refusalOf(thrown) : thrown).body,
      },
      stream,
    )
    discardBody(request)
    return !request.complete
  }
}
