import type { Problem } from '@plimsoll/base'
import { internal, invalidInput, invalidOutput, type ProblemAnswer } from '../answer.ts'
import { CallFailure } from '../errors.ts'

/** Why a stream or a file ended before it was complete, in words that the other end may have. */
export class BodyFailure extends Error {
  override readonly name = 'BodyFailure'
  readonly answer: ProblemAnswer

  constructor(answer: ProblemAnswer, cause?: unknown) {
    super(answer.detail, { cause })
    this.answer = answer
  }
}

/** The sender's mistake. */
export function invalidBody(detail: string, problems?: readonly Problem[]): BodyFailure {
  return new BodyFailure(invalidInput(400, detail, problems))
}

/** This end's mistake. */
export function brokenPromise(reason: string): BodyFailure {
  return new BodyFailure(invalidOutput(reason))
}

/** Anything that ended a body, as what the other end may learn of it. A failed call that it stood on is this service's own affair. */
export function bodyFailureOf(thrown: unknown, ended: unknown): BodyFailure {
  if (thrown instanceof BodyFailure) return thrown
  if (ended instanceof CallFailure && (thrown === ended || ended.code === 'CANCELLED')) return endOf(ended)
  return new BodyFailure(internal('the handler failed'), thrown)
}

function endOf({ code, message }: CallFailure): BodyFailure {
  return code === 'DEADLINE_EXCEEDED'
    ? new BodyFailure({ kind: 'problem', status: 504, code, detail: 'the stream took too long' })
    : new BodyFailure({ kind: 'problem', status: 499, code: 'CANCELLED', detail: message })
}
