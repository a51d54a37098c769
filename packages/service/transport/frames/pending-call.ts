import { CallFailure } from '../../errors.ts'
import { timerWheel, type Timed } from '../../timer-wheel.ts'
import type { ConnectOptions, OutgoingCall, Reply } from '../transport.ts'

/** Who has to know where a caller stops waiting before there is an answer. */
export interface Waited {
  giveUp(id: number): void
}

/** A call that waits for its answer: until there is one, its time is over, or its caller has lost interest. */
export class PendingCall implements Timed {
  readonly id: number
  readonly call: OutgoingCall
  readonly endsAt: number
  readonly promise: Promise<Reply>
  before: Timed | undefined = undefined
  after: Timed | undefined = undefined
  /** True once the other end may have begun with it. */
  sent = false
  readonly #waited: Waited
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (failure: CallFailure) => void

  constructor(id: number, call: OutgoingCall, waited: Waited) {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    this.promise = promise
    this.call = call
    this.endsAt = performance.now() + call.timeoutMs
    this.id = id
    this.#waited = waited
    this.#resolve = resolve
    this.#reject = reject
    timerWheel.add(this)
    call.ending?.onEnd(this.#cancel)
  }

  succeed(reply: Reply): void {
    this.#done()
    this.#resolve(reply)
  }

  fail(failure: CallFailure): void {
    this.#done()
    this.#reject(failure)
  }

  expire(): void {
    const { target, timeoutMs } = this.call
    const message = `${target}: no answer within ${Math.round(timeoutMs)} ms`
    this.#waited.giveUp(this.id)
    this.fail(new CallFailure('DEADLINE_EXCEEDED', message, { target }))
  }

  readonly #cancel = (): void => {
    this.#waited.giveUp(this.id)
    this.fail(cancellation(this.call))
  }

  #done(): void {
    timerWheel.remove(this)
    this.call.ending?.offEnd(this.#cancel)
  }
}

/** Why the caller has lost interest, as a failure. */
export function cancellation({ target, ending }: OutgoingCall): CallFailure {
  const reason = ending?.reason
  const code = reason instanceof CallFailure ? reason.code : 'CANCELLED'
  return new CallFailure(code, `the call of ${target} was cancelled`, { target, cause: reason })
}

/** Nothing has begun: another endpoint may be asked. */
export function unreachable(
  target: string,
  { address, expected }: ConnectOptions,
  why: string,
  cause?: unknown,
): CallFailure {
  const message = `${address} cannot be reached as ${expected}: ${why}`
  return new CallFailure('UNAVAILABLE', message, { target, notBegun: true, cause })
}

/** It may have begun, and nobody knows how it went. */
export function broken(target: string, { address }: ConnectOptions, cause: unknown): CallFailure {
  return new CallFailure('UNAVAILABLE', `the connection to ${address} broke`, { target, cause })
}

/** True where the other end's TLS said that it does not take this end's certificate (RFC 8446, section 6.2). */
export function refusedCertificate(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code.startsWith('ERR_SSL_') && code.includes('ALERT')
}
