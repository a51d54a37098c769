import type { JsonSchema } from '@plimsoll/contract'
import { continueTrace, Redactor, type Telemetry, type Trace } from '@plimsoll/service'
import type { IncomingMessage } from 'node:http'

/** Methods that a span or a metric names; any other is one value, because a consumer may invent as many as it likes. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** What became of a request. */
export interface RequestOutcome {
  readonly status: number
  /** Code of the gateway's own refusal. */
  readonly code?: string | undefined
  readonly operation?: string | undefined
  readonly consumer?: string | undefined
}

/** A request as a span: OpenTelemetry's conventions for HTTP servers, without the address that was asked for, which may tell of people. */
export class RequestSpan {
  readonly #telemetry: Telemetry
  readonly #method: string
  readonly #begun: number
  readonly #trace: Trace
  #route: string | undefined
  #seen: { readonly schema: JsonSchema; readonly value: unknown } | undefined

  constructor({ headers, method = '' }: IncomingMessage, telemetry: Telemetry) {
    this.#telemetry = telemetry
    this.#method = methods.has(method) ? method : '_OTHER'
    this.#begun = telemetry.begin('requested')
    const trace = continueTrace(headers['traceparent']?.toString(), headers['tracestate']?.toString())
    // Whoever is outside may name its chain, but does not decide what is exported.
    this.#trace = { ...trace, sampled: telemetry.sampleForeign() }
  }

  /** Place in the chain; calls of services are made for it. */
  get trace(): Trace {
    return this.#trace
  }

  /** @param path such as `/quotes/{sku}` */
  found(path: string): void {
    this.#route = path
  }

  /** Remembers the input, to keep what is classified in it out of the log. */
  saw(schema: JsonSchema, value: unknown): void {
    this.#seen = { schema, value }
  }

  /** Without anything classified in it. */
  redact(text: string): string {
    return new Redactor(this.#seen === undefined ? [] : [this.#seen]).text(text)
  }

  end({ status, code, operation, consumer }: RequestOutcome): void {
    const failed = status >= 500
    this.#telemetry.end('requested', this.#begun, {
      trace: this.#trace,
      name: this.#route === undefined ? this.#method : `${this.#method} ${this.#route}`,
      code: String(status),
      failed,
      status,
      detail: {
        attributes: {
          ...(operation !== undefined && { 'plimsoll.operation': operation }),
          ...(consumer !== undefined && { 'plimsoll.consumer': consumer }),
          ...(code !== undefined && { 'plimsoll.refusal': code }),
        },
      },
    })
  }
}
