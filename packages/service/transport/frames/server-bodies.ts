import { internal, problemJson } from '../../answer.ts'
import { CallFailure } from '../../errors.ts'
import { BodyFailure } from '../../streams/body-failure.ts'
import type { IncomingBody, OutgoingBody } from '../transport.ts'
import { Bodies, bodyFrames, bodyReply, brokenEnd, factsOf } from './bodies.ts'
import { frameTypes, helloBytes, ProtocolError, type Frame, type ReplyToWrite } from './frame.ts'

interface Out {
  readonly waiting: number
  write(bytes: Buffer): void
  writeReply(reply: ReplyToWrite): void
}

/** The streams and files of the calls that one connection serves. */
export class ServerBodies {
  /** Largest payload that the other end takes, in bytes. */
  maxPayload = helloBytes
  readonly #out: Out
  readonly #bodies: Bodies
  /** What came for the call that has to follow. */
  #announced: { readonly id: number; readonly body: IncomingBody } | undefined

  constructor(out: Out) {
    this.#out = out
    this.#bodies = new Bodies({
      out,
      maxPayload: () => this.maxPayload,
      // No more credit: the sender stops by itself, and has the answer before long.
      onUnwanted: () => undefined,
      broken: () => gone(),
    })
  }

  /**
   * Takes a frame that is about a body; false where it is about something else.
   * @throws {ProtocolError} where an announced call does not follow at once
   */
  receive(received: Frame, isTaken: (id: number) => boolean): boolean {
    if (this.#announced !== undefined) {
      const { type, call } = received
      const follows = type === frameTypes.call || type === frameTypes.cancel
      if (!follows || call !== this.#announced.id) throw new ProtocolError('a body was announced for no call')
      if (type === frameTypes.cancel) this.forget(call)
      return false
    }
    if (received.type !== bodyFrames.body) return this.#bodies.receive(received)
    const id = received.call
    if (id === 0 || isTaken(id)) throw new ProtocolError('a body was announced for another call')
    this.#announced = { id, body: this.#bodies.open(id, received.payload) }
    return true
  }

  /** The body of a call that has just come. */
  take(): IncomingBody | undefined {
    const body = this.#announced?.body
    this.#announced = undefined
    return body
  }

  /** Answers a call with a body. Resolves when all of it is on its way, or nobody wants it. */
  async send(id: number, served: { readonly isGone: boolean }, body: OutgoingBody): Promise<void> {
    this.#out.writeReply({ call: id, kind: bodyReply, status: 200, body: factsOf(body) })
    try {
      await this.#bodies.send(id, body)
    } catch (thrown) {
      if (served.isGone) return
      const answer = thrown instanceof BodyFailure ? thrown.answer : internal('')
      this.#out.write(brokenEnd(id, problemJson(answer)))
    }
  }

  /** Nothing of this call is wanted any more. */
  forget(id: number): void {
    if (this.#announced?.id === id) this.#announced = undefined
    this.#bodies.forget(id, gone())
  }

  drained(): void {
    this.#bodies.drained()
  }

  close(): void {
    this.#bodies.close(gone)
  }
}

function gone(): CallFailure {
  return new CallFailure('CANCELLED', 'the caller has gone', { target: '' })
}
