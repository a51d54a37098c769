import { Failure, Refusal, type ErrorFacts, type Problem } from '@plimsoll/base'

/** How a call can end other than with an output or a declared error. */
export type CallFailureCode =
  | 'DEADLINE_EXCEEDED'
  | 'UNAVAILABLE'
  | 'REFUSED'
  | 'INVALID_INPUT'
  | 'INVALID_OUTPUT'
  | 'INTERNAL'
  | 'CANCELLED'

/** Every code that this package throws. */
export type ServiceCode =
  | CallFailureCode
  | 'IMPLEMENTATION'
  | 'UNDECLARED_CALL'
  | 'EXTERNAL_ADDRESS'
  | 'EXTERNAL_PATH'
  | 'RESPONSE_TOO_LARGE'
  | 'ENGINE'
  | 'CERTIFICATE'
  | 'MANIFEST'

export interface CallFailureFacts extends ErrorFacts {
  /** `service.operation`, or an external's name. */
  readonly target: string
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined
  /** What is wrong with the input, where the code is `INVALID_INPUT`. */
  readonly problems?: readonly Problem[] | undefined
  /** True where the operation certainly did not begin. */
  readonly notBegun?: boolean | undefined
  /** True where the other end had too much to do: the same end must not be asked again at once. */
  readonly overloaded?: boolean | undefined
}

/** A call that gave neither an output nor a declared error. */
export class CallFailure extends Failure<CallFailureCode> {
  readonly target: string
  readonly status: number | undefined
  readonly problems: readonly Problem[]
  readonly notBegun: boolean
  readonly overloaded: boolean

  constructor(code: CallFailureCode, message: string, facts: CallFailureFacts) {
    super(code, message, { retryable: code === 'UNAVAILABLE' && facts.overloaded !== true, ...facts })
    this.target = facts.target
    this.status = facts.status
    this.problems = facts.problems ?? []
    this.notBegun = facts.notBegun ?? false
    this.overloaded = facts.overloaded ?? false
  }
}

/** A call that the caller's own declaration does not allow; nothing was sent. */
export class CallRefusal extends Refusal<'UNDECLARED_CALL' | 'EXTERNAL_PATH'> {}

/** What stops a workload from serving. */
export class WorkloadFailure extends Failure<'ENGINE' | 'CERTIFICATE' | 'MANIFEST' | 'EXTERNAL_ADDRESS'> {}
