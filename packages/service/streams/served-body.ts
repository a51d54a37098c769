import { InvalidInput } from '@plimsoll/base'
import type { Body } from '@plimsoll/contract'
import { invalidInput, type Answer, type ProblemAnswer } from '../answer.ts'
import type { Deadline } from '../deadline.ts'
import { CallFailure } from '../errors.ts'
import type { TimedCall } from '../interceptors/interceptor.ts'
import { factsOf } from '../log.ts'
import type { OutgoingFile } from '../sides.ts'
import { timerWheel, type Timed } from '../timer-wheel.ts'
import type { IncomingBody } from '../transport/transport.ts'
import { BodyFailure, bodyFailureOf, brokenPromise, invalidBody } from './body-failure.ts'
import { fileProblem, incomingFile, incomingItems } from './incoming.ts'
import { filePieces, isAsyncIterable, itemPieces, outgoingFileProblem, sizeOf } from './outgoing.ts'
import { Paced, type Pace } from './paced.ts'

/**
 * The input of a handler whose operation takes a stream or a file: the head's members, and `items` or `file`.
 * @throws {BodyFailure} where there is none, or a file of another type or size
 */
export function inputWithBody(call: TimedCall, head: object, declared: Body): object {
  const body = openBody(call, declared)
  if (body === undefined) throw invalidBody(`the input needs a ${declared.kind}, and none came`)
  const options = { pace: paceOf(call, declared, false), misfit: invalidBody }
  if (declared.kind === 'stream') return { ...head, items: incomingItems(body, declared, options) }
  const problem = fileProblem(body, declared)
  if (problem !== undefined) throw new BodyFailure(invalidInput(unfit(body, declared.types), problem))
  return { ...head, file: incomingFile(body, declared, options) }
}

function openBody({ incoming }: TimedCall, declared: Body): IncomingBody | undefined {
  try {
    return incoming.openBody(declared)
  } catch (thrown) {
    if (!(thrown instanceof InvalidInput)) throw thrown
    throw new BodyFailure(invalidInput(415, thrown.message))
  }
}

function unfit({ type }: IncomingBody, types: readonly string[]): 413 | 415 {
  return type !== undefined && types.includes(type) ? 413 : 415
}

/** The answer of a handler whose operation gives a stream or a file: its beginning; the rest is made while it is taken. */
export function bodyAnswer(call: TimedCall, result: unknown, declared: Body): Answer {
  if (declared.kind === 'stream') {
    if (!isAsyncIterable(result)) return brokenPromise('the handler returned no stream').answer
    return answerOf(call, declared, { kind: 'stream', pieces: itemPieces(result, declared, misfit) })
  }
  const problem = outgoingFileProblem(result, declared)
  if (problem !== undefined) return brokenPromise(problem).answer
  const file = result as OutgoingFile
  const pieces = filePieces(file, declared, misfit)
  return answerOf(call, declared, { kind: 'file', type: file.type, size: sizeOf(file), pieces })
}

const misfit = (detail: string) => brokenPromise(detail)

interface Sent {
  readonly kind: Body['kind']
  readonly type?: string
  readonly size?: number | undefined
  readonly pieces: AsyncIterable<Uint8Array>
}

function answerOf(call: TimedCall, declared: Body, sent: Sent): Answer {
  const { deadline } = call
  deadline.goOn()
  const pieces = told(call, new Paced(sent.pieces, paceOf(call, declared, true)))
  return { kind: 'body', body: { ...sent, pieces, ending: deadline } }
}

/** Holds the whole of a body to its time, and writes down the one that did not end well. */
async function* told(call: TimedCall, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const lifetime = new Lifetime(call)
  try {
    yield* pieces
  } catch (thrown) {
    const failure = bodyFailureOf(thrown, call.deadline.reason)
    tellFailure(call, failure.answer, failure.cause)
    throw failure
  } finally {
    lifetime.close()
  }
}

function tellFailure({ serving, incoming, trace }: TimedCall, answer: ProblemAnswer, cause: unknown): void {
  const broken = answer.status >= 500
  const facts = {
    caller: incoming.peer.id,
    operation: incoming.operation,
    status: answer.status,
    code: answer.code,
    reason: answer.reason ?? answer.detail,
    ...(cause === undefined ? {} : factsOf(cause)),
  }
  serving.logger.write(broken ? 'error' : 'warn', 'stream-failed', facts, trace.traceId)
}

/** The end of the time that a body may take. */
class Lifetime implements Timed {
  readonly endsAt: number
  readonly #call: TimedCall

  constructor(call: TimedCall) {
    this.endsAt = call.deadline.endsAt
    this.#call = call
    timerWheel.add(this)
  }

  expire(): void {
    endBecauseOfTime(this.#call.deadline, this.#call.operation.id)
  }

  close(): void {
    timerWheel.remove(this)
  }
}

function paceOf({ deadline, operation }: TimedCall, { idleMs }: Body, bothWays: boolean): Pace {
  return { idleMs, bothWays, ending: deadline, onIdle: () => endBecauseOfTime(deadline, operation.id) }
}

function endBecauseOfTime(deadline: Deadline, target: string): void {
  deadline.end(new CallFailure('DEADLINE_EXCEEDED', 'the stream took too long', { target }))
}
