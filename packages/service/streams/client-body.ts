import type { Body } from '@plimsoll/contract'
import type { CallRequest } from '../caller.ts'
import { Deadline, type Ending } from '../deadline.ts'
import { CallFailure } from '../errors.ts'
import type { OutgoingFile } from '../sides.ts'
import { timerWheel, type Timed } from '../timer-wheel.ts'
import type { IncomingBody, OutgoingBody } from '../transport/transport.ts'
import { fileProblem, incomingFile, incomingItems, type Misfit } from './incoming.ts'
import { filePieces, isAsyncIterable, itemPieces, outgoingFileProblem, sizeOf } from './outgoing.ts'
import { Paced, type Pace } from './paced.ts'

interface BodyCallOptions {
  /** `catalog.watch` */
  readonly target: string
  readonly inputBody: Body | undefined
  readonly outputBody: Body | undefined
  /** Of the call that this one is made for. */
  readonly parent: Ending
  /** Longest time of everything, in milliseconds. */
  readonly withinMs: number
}

/** A call whose input or output is a stream or a file, from its beginning to the end of the last of them. */
export class BodyCall implements Timed {
  readonly endsAt: number
  readonly #options: BodyCallOptions
  readonly #deadline: Deadline
  readonly #wholeMs: number
  #failure: unknown

  constructor(options: BodyCallOptions) {
    const { inputBody, outputBody, parent, withinMs } = options
    this.#options = options
    this.#wholeMs = Math.max(
      1,
      Math.floor(Math.min(withinMs, (outputBody ?? inputBody)?.longestMs ?? withinMs)),
    )
    this.#deadline = new Deadline(this.#wholeMs)
    this.endsAt = this.#deadline.endsAt
    timerWheel.add(this)
    parent.onEnd(this.#parentEnded)
    if (parent.reason !== undefined) this.#parentEnded()
  }

  /**
   * What the call has beside its checked head.
   * @throws {CallFailure} `INVALID_INPUT`
   */
  request(input: Readonly<Record<string, unknown>>): Pick<CallRequest, 'body' | 'wholeMs' | 'ending'> {
    const { inputBody } = this.#options
    const ending = this.#deadline
    const common = { wholeMs: this.#wholeMs, ending }
    if (inputBody === undefined) return common
    const { pieces, ...facts } = this.#outgoing(input, inputBody)
    const paced = new Paced(pieces, this.#pace(inputBody, true))
    return { ...common, body: { ...facts, pieces: this.#remembering(paced), ending } }
  }

  /** The output, where it is a stream or a file. */
  output(body: IncomingBody): unknown {
    const { outputBody } = this.#options
    if (outputBody === undefined) throw this.#invalidOutput('it answered with a stream')
    const options = { pace: this.#pace(outputBody, false), misfit: this.#invalidOutput }
    if (outputBody.kind === 'stream') return this.#closing(incomingItems(body, outputBody, options))
    const problem = fileProblem(body, outputBody)
    if (problem !== undefined) {
      this.#end(this.#invalidOutput(problem))
      throw this.#invalidOutput(problem)
    }
    const file = incomingFile(body, outputBody, options)
    return { ...file, bytes: this.#closing(file.bytes) }
  }

  /** What this end itself did wrong, where that is why the call failed. */
  failureOr(thrown: unknown): unknown {
    return this.#failure ?? thrown
  }

  expire(): void {
    const { target } = this.#options
    this.#end(new CallFailure('DEADLINE_EXCEEDED', `${target}: the stream took too long`, { target }))
  }

  /** Nothing is left to wait for. */
  close(): void {
    timerWheel.remove(this)
    this.#options.parent.offEnd(this.#parentEnded)
  }

  #outgoing(input: Readonly<Record<string, unknown>>, declared: Body): Omit<OutgoingBody, 'ending'> {
    if (declared.kind === 'stream') {
      const { items } = input
      if (!isAsyncIterable(items) && !isIterable(items))
        throw this.#invalidInput('items is nothing to iterate')
      return { kind: 'stream', pieces: itemPieces(items, declared, this.#invalidInput) }
    }
    const problem = outgoingFileProblem(input['file'], declared)
    if (problem !== undefined) throw this.#invalidInput(problem)
    const file = input['file'] as OutgoingFile
    const pieces = filePieces(file, declared, this.#invalidInput)
    return { kind: 'file', type: file.type, size: sizeOf(file), pieces }
  }

  /** What ends the input at this end is what the caller has to hear, and not that the call was given up for it. */
  async *#remembering(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      yield* pieces
    } catch (thrown) {
      this.#failure ??= thrown
      throw thrown
    }
  }

  async *#closing<T>(parts: AsyncIterable<T>): AsyncGenerator<T, void> {
    try {
      yield* parts
    } finally {
      this.close()
    }
  }

  #pace({ idleMs }: Body, bothWays: boolean): Pace {
    return { idleMs, bothWays, ending: this.#deadline, onIdle: () => this.expire() }
  }

  readonly #parentEnded = (): void => {
    const { target, parent } = this.#options
    const code = parent.reason instanceof CallFailure ? parent.reason.code : 'CANCELLED'
    this.#end(new CallFailure(code, `the call of ${target} was cancelled`, { target, cause: parent.reason }))
  }

  #end(failure: CallFailure): void {
    this.close()
    this.#deadline.end(failure)
  }

  readonly #invalidInput: Misfit = (detail, problems) => {
    const { target } = this.#options
    return new CallFailure('INVALID_INPUT', `the input for ${target}: ${detail}`, { target, problems })
  }

  readonly #invalidOutput = (detail: string): CallFailure => {
    const { target } = this.#options
    return new CallFailure('INVALID_OUTPUT', `${target}: ${detail}`, { target })
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
