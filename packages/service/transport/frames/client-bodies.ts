import type { Json } from '@plimsoll/base'
import { CallFailure, type CallFailureCode } from '../../errors.ts'
import type { IncomingBody, OutgoingBody, OutgoingCall } from '../transport.ts'
import { Bodies, bodyFrames, factsOf } from './bodies.ts'
import { frame, frameTypes, type Frame } from './frame.ts'
import { cancellation } from './pending-call.ts'

interface ClientBodiesOptions {
  readonly out: { readonly waiting: number; write(bytes: Buffer): void }
  readonly maxPayload: () => number
  /** Called where a call with a body has nothing more to come or to go. */
  readonly onDone: () => void
}

/** A call whose input goes, or whose output comes, after its first frame. */
interface OpenCall {
  readonly call: OutgoingCall
  readonly onEnd: () => void
}

/** The streams and files of the calls that one connection makes. */
export class ClientBodies {
  readonly #options: ClientBodiesOptions
  readonly #bodies: Bodies
  readonly #open = new Map<number, OpenCall>()

  constructor(options: ClientBodiesOptions) {
    this.#options = options
    this.#bodies = new Bodies({
      ...options,
      onUnwanted: (id) => this.#cancel(id, undefined),
      onEnded: (id) => this.#done(id),
      broken: (id, problem) => failureOf(this.#open.get(id)?.call.target ?? '', problem),
    })
  }

  /** Calls that have something to come or to go. */
  get size(): number {
    return this.#open.size
  }

  has(id: number): boolean {
    return this.#open.has(id)
  }

  /** Says that the input of the call that follows has a body. */
  announce(id: number, body: OutgoingBody): void {
    this.#options.out.write(frame(bodyFrames.body, id, Buffer.from(factsOf(body))))
  }

  /** The call that was announced does not follow. */
  withdraw(id: number): void {
    this.#options.out.write(frame(frameTypes.cancel, id))
  }

  /** Sends the body of a call. @param fail called where it cannot be sent whole */
  send(id: number, body: OutgoingBody, fail: (thrown: unknown) => void): void {
    this.#bodies.send(id, body).then(
      () => this.#options.onDone(),
      (thrown: unknown) => {
        if (this.#open.has(id)) this.#cancel(id, asError(thrown))
        else fail(thrown)
      },
    )
  }

  /** The answer of a call, which comes in pieces. */
  open(id: number, call: OutgoingCall, facts: Buffer): IncomingBody {
    const onEnd = () => this.#cancel(id, cancellation(call))
    this.#open.set(id, { call, onEnd })
    const body = this.#bodies.open(id, facts)
    if (call.ending?.reason === undefined) call.ending?.onEnd(onEnd)
    else onEnd()
    return body
  }

  receive(received: Frame): boolean {
    return this.#bodies.receive(received)
  }

  /** The call has its answer, or nobody waits for it: no more of its input is wanted. */
  stopSending(id: number): void {
    this.#bodies.stopSending(id)
  }

  drained(): void {
    this.#bodies.drained()
  }

  /** The connection has ended. */
  close(failureFor: (target: string) => Error): void {
    this.#bodies.close((id) => failureFor(this.#open.get(id)?.call.target ?? ''))
    for (const { call, onEnd } of this.#open.values()) call.ending?.offEnd(onEnd)
    this.#open.clear()
  }

  #cancel(id: number, why: Error | undefined): void {
    if (!this.#open.has(id)) return
    this.#options.out.write(frame(frameTypes.cancel, id))
    if (why !== undefined) this.#bodies.forget(id, why)
    this.#done(id)
  }

  #done(id: number): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    open.call.ending?.offEnd(open.onEnd)
    this.#bodies.stopSending(id)
    this.#options.onDone()
  }
}

const told: ReadonlySet<unknown> = new Set<CallFailureCode>([
  'DEADLINE_EXCEEDED',
  'UNAVAILABLE',
  'INVALID_INPUT',
  'INVALID_OUTPUT',
  'CANCELLED',
])

/** Why the other end broke a body off. It was begun, so that nothing of it may be asked of another replica. */
function failureOf(target: string, problem: Json | undefined): CallFailure {
  const facts = typeof problem === 'object' && problem !== null && !Array.isArray(problem) ? problem : {}
  const { code, detail } = facts as Readonly<Record<string, Json>>
  const why = typeof detail === 'string' ? detail.slice(0, 500) : 'the stream broke off'
  return new CallFailure(told.has(code) ? (code as CallFailureCode) : 'INTERNAL', `${target}: ${why}`, {
    target,
  })
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('the body cannot be sent', { cause: thrown })
}
