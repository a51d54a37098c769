import { invalidInput, type Answer, type ProblemAnswer } from '../answer.ts'
import { Deadline } from '../deadline.ts'
import { CallFailure } from '../errors.ts'
import { timerWheel, type Timed } from '../timer-wheel.ts'
import { found, type Interceptor, type PermittedCall, type TimedCall } from './interceptor.ts'

const positiveInteger = /^[1-9]\d{0,8}$/

/**
 * Holds the call to the shorter of what the caller has left and what the operation promises: afterwards the caller has
 * its answer and the handler's signal is aborted. The same where the caller goes.
 */
export const deadline: Interceptor<PermittedCall, TimedCall> = (call, next) => {
  const { incoming, operation } = call
  const asked = incoming.metadata.deadline
  if (typeof asked === 'string' && !positiveInteger.test(asked))
    return invalidInput(400, 'the header plimsoll-deadline must be a positive integer, milliseconds')
  const limit = asked === undefined ? operation.deadlineMs : Math.min(operation.deadlineMs, Number(asked))
  const all =
    operation.outputBody === undefined
      ? limit
      : Math.min(operation.outputBody.longestMs, Number(asked ?? Infinity))
  const timed = found(call, { deadline: new Deadline(limit, all) })
  const answer = next(timed)
  if (answer instanceof Promise) return new Waiting(timed, answer).answer
  return inTime(timed, answer)
}

/** A handler that never let go of the thread has kept every timer from running, too. */
function inTime({ deadline }: TimedCall, answer: Answer): Answer {
  return deadline.remaining() === 0 ? exceeded : answer
}

/** A call whose answer is not there yet: the answer, the end of its time or the end of its caller, whichever comes first. */
class Waiting implements Timed {
  readonly answer: Promise<Answer>
  readonly endsAt: number
  before: Timed | undefined = undefined
  after: Timed | undefined = undefined
  readonly #call: TimedCall
  readonly #resolve: (answer: Answer) => void

  constructor(call: TimedCall, pending: Promise<Answer>) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.answer = promise
    this.endsAt = call.deadline.endsAt
    this.#call = call
    this.#resolve = resolve
    timerWheel.add(this)
    call.incoming.onGone(this.#gone)
    pending.then(this.#settle, (thrown: unknown) => {
      timerWheel.remove(this)
      reject(thrown)
    })
  }

  expire(): void {
    this.#end(exceeded, 'DEADLINE_EXCEEDED')
  }

  readonly #gone = (): void => {
    timerWheel.remove(this)
    this.#end(gone, 'CANCELLED')
  }

  readonly #settle = (answer: Answer): void => {
    timerWheel.remove(this)
    this.#resolve(inTime(this.#call, answer))
  }

  #end(answer: ProblemAnswer, code: 'DEADLINE_EXCEEDED' | 'CANCELLED'): void {
    const { deadline, operation } = this.#call
    deadline.end(new CallFailure(code, answer.detail, { target: operation.id }))
    this.#resolve(answer)
  }
}

const exceeded: ProblemAnswer = {
  kind: 'problem',
  status: 504,
  code: 'DEADLINE_EXCEEDED',
  detail: 'the deadline has passed',
}

/** Nobody reads it; it is for the log. 499 is the usual number for "client closed request". */
const gone: ProblemAnswer = { kind: 'problem', status: 499, code: 'CANCELLED', detail: 'the caller has gone' }
