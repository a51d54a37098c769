import type { Problem } from '@plimsoll/base'
import { problemDetails } from '@plimsoll/contract'
import type { OutgoingBody } from './transport/transport.ts'

/** What a server says to a call, whatever the wire. */
export type Answer = OutputAnswer | BodyAnswer | DeclaredAnswer | ProblemAnswer

interface OutputAnswer {
  readonly kind: 'output'
  /** The output as JSON text. */
  readonly json: string
}

/** The beginning of a stream or a file; the rest is made while the other end takes it. */
export interface BodyAnswer {
  readonly kind: 'body'
  readonly body: OutgoingBody
}

/** An error that the contract declares. */
interface DeclaredAnswer {
  readonly kind: 'declared'
  readonly status: number
  readonly code: string
  /** `{ code, data }` as JSON text. */
  readonly json: string
}

/** Everything else. */
export interface ProblemAnswer {
  readonly kind: 'problem'
  readonly status: number
  readonly code: ProblemCode
  /** For the caller: nothing internal. */
  readonly detail: string
  /** What is wrong with the input, field by field. */
  readonly problems?: readonly Problem[] | undefined
  /** For the log alone: why. */
  readonly reason?: string | undefined
}

/** `DRAINING`: the operation did not begin, another replica may serve it. `OVERLOADED`: the same, and this one should not be asked again at once. */
type ProblemCode =
  | 'REFUSED'
  | 'INVALID_INPUT'
  | 'INVALID_OUTPUT'
  | 'DEADLINE_EXCEEDED'
  | 'CANCELLED'
  | 'UNAVAILABLE'
  | 'DRAINING'
  | 'OVERLOADED'
  | 'INTERNAL'

/** The caller learns that it may not, and nothing else. */
export function refused(reason: string): ProblemAnswer {
  return { kind: 'problem', status: 403, code: 'REFUSED', detail: 'you may not call this operation', reason }
}

/** What is wrong with what the caller sent. It learns the details; the log has the fields alone, because those may quote. */
export function invalidInput(
  status: 400 | 413 | 415,
  detail: string,
  problems?: readonly Problem[],
): ProblemAnswer {
  const fields = problems?.map(({ place }) => place?.field ?? '').join(', ')
  const reason = fields === undefined ? undefined : `the input does not fit the contract at: ${fields}`
  return { kind: 'problem', status, code: 'INVALID_INPUT', detail, problems, reason }
}

export function internal(reason: string): ProblemAnswer {
  return { kind: 'problem', status: 500, code: 'INTERNAL', detail: 'the service failed', reason }
}

/** The reason goes to the log; it tells fields and never values. */
export function invalidOutput(reason: string): ProblemAnswer {
  return {
    kind: 'problem',
    status: 500,
    code: 'INVALID_OUTPUT',
    detail: 'the output does not fit the contract',
    reason: `the output does not fit the contract: ${reason}`,
  }
}

/** The answer's body, RFC 9457. */
export function problemJson({ status, detail, code, problems }: ProblemAnswer): string {
  return JSON.stringify(problemDetails(status, { detail, code, problems }))
}
