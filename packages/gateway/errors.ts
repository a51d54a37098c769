import { Refusal, type ErrorFacts, type Problem } from '@plimsoll/base'

/** Everything that the gateway answers by itself, instead of a service, with its HTTP status. */
const statusOf = {
  AMBIGUOUS_REQUEST: 400,
  INVALID_INPUT: 400,
  UNAUTHENTICATED: 401,
  SCOPE_MISSING: 403,
  USE_NOT_DECLARED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  EXPECTATION_FAILED: 417,
  RATE_EXCEEDED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL: 500,
  SERVICE_FAILED: 502,
  UNAVAILABLE: 503,
  OVERLOADED: 503,
  DEADLINE_EXCEEDED: 504,
  VERSION_NOT_SUPPORTED: 505,
} as const satisfies Record<string, number>

export type RefusalCode = keyof typeof statusOf

/** Codes of an `InvalidInput` about the gateway's own configuration. */
export type ConfigurationCode = 'GATEWAY_CONFIGURATION' | 'GATEWAY_ROUTES'

/** Code of the `Failure` with which the gateway does not start. */
export type StartCode = 'LISTEN'

/** What a refusal adds to its answer. */
export interface RefusalFacts extends ErrorFacts {
  /** What is wrong with the input, by field. */
  readonly problems?: readonly Problem[] | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** An answer of the gateway itself. The message is for the consumer: it never tells what is inside. */
export class GatewayRefusal extends Refusal<RefusalCode> {
  readonly status: number
  readonly problems: readonly Problem[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: RefusalCode, detail: string, facts: RefusalFacts = {}) {
    super(code, detail, facts)
    this.status = statusOf[code]
    this.problems = facts.problems
    this.headers = facts.headers ?? {}
  }
}
