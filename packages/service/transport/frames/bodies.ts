import { parseJson, type Json } from '@plimsoll/base'
import type { IncomingBody, OutgoingBody } from '../transport.ts'
import { frame, ProtocolError, type Frame } from './frame.ts'
import { IncomingPieces, OutgoingPieces } from './pieces.ts'

/** Frames that carry streams and files. */
export const bodyFrames = {
  /** Before a call: its input has a body. */
  body: 0x08,
  data: 0x09,
  end: 0x0a,
  credit: 0x0b,
} as const

/** A reply whose body follows in frames of its own. */
export const bodyReply = 3

/** More than this waits on a connection: no piece is added. */
const congestedBytes = 1_048_576
const mostFactsBytes = 1_024
/** What one frame says of why a body broke off. */
const mostProblemBytes = 16_384

/** What `Outbox` is to bodies. */
interface Out {
  readonly waiting: number
  write(bytes: Buffer): void
}

export interface BodiesOptions {
  readonly out: Out
  /** Largest payload that the other end takes, in bytes. */
  readonly maxPayload: () => number
  /** Called where this end does not want the rest of what comes. */
  readonly onUnwanted: (call: number) => void
  /** Called where all of a body has come, or none will come any more. */
  readonly onEnded?: (call: number) => void
  /** Makes the error for a body that the other end broke off, from its problem details. */
  readonly broken: (call: number, problem: Json | undefined) => Error
}

/** All streams and files that come and go on one connection, by the number of their call. */
export class Bodies {
  readonly #options: BodiesOptions
  readonly #incoming = new Map<number, IncomingPieces>()
  readonly #outgoing = new Map<number, OutgoingPieces>()

  constructor(options: BodiesOptions) {
    this.#options = options
  }

  /** True while something of this call comes or goes. */
  has(call: number): boolean {
    return this.#incoming.has(call) || this.#outgoing.has(call)
  }

  get size(): number {
    return this.#incoming.size + this.#outgoing.size
  }

  /** A body that begins to come in. */
  open(call: number, facts: Uint8Array): IncomingBody {
    if (this.#incoming.has(call)) throw new ProtocolError('a call has two bodies')
    const read = readFacts(facts)
    const { out, onUnwanted } = this.#options
    const pieces = new IncomingPieces(
      (bytes) => out.write(creditFrame(call, bytes)),
      () => {
        this.#incoming.delete(call)
        onUnwanted(call)
      },
    )
    this.#incoming.set(call, pieces)
    return { ...read, pieces }
  }

  /**
   * Sends a body, and says so at its end.
   * @throws whatever the body ends with; the other end is told nothing of it here
   */
  async send(call: number, body: OutgoingBody): Promise<void> {
    const { out, maxPayload } = this.#options
    const outgoing = new OutgoingPieces({
      write: (piece) => {
        if (piece.length > maxPayload()) throw new RangeError('a piece is larger than the other end takes')
        out.write(frame(bodyFrames.data, call, piece))
      },
      isCongested: () => out.waiting > congestedBytes,
    })
    this.#outgoing.set(call, outgoing)
    try {
      if (await outgoing.send(body)) out.write(frame(bodyFrames.end, call))
    } finally {
      this.#outgoing.delete(call)
    }
  }

  /** Takes a frame that is about a body; false where it is about something else. */
  receive({ type, call, payload }: Frame): boolean {
    switch (type) {
      case bodyFrames.data:
        // What comes for a body that is not wanted any more is for nobody.
        this.#incoming.get(call)?.push(payload)
        return true
      case bodyFrames.end:
        this.#end(call, payload)
        return true
      case bodyFrames.credit:
        if (payload.length !== 4) throw new ProtocolError('a credit is a number of four bytes')
        this.#outgoing.get(call)?.addCredit(payload.readUInt32BE(0))
        return true
      default:
        return false
    }
  }

  /** Nothing of this call is wanted any more, at either end. */
  forget(call: number, why: Error): void {
    this.#incoming.get(call)?.end(why)
    this.#incoming.delete(call)
    this.#outgoing.get(call)?.stop()
  }

  /** The other end needs no more of what goes to it. */
  stopSending(call: number): void {
    this.#outgoing.get(call)?.stop()
  }

  /** The connection has room again. */
  drained(): void {
    for (const outgoing of this.#outgoing.values()) outgoing.wake()
  }

  /** The connection has ended. */
  close(why: (call: number) => Error): void {
    for (const call of [...this.#incoming.keys(), ...this.#outgoing.keys()]) this.forget(call, why(call))
  }

  #end(call: number, payload: Buffer): void {
    const incoming = this.#incoming.get(call)
    this.#incoming.delete(call)
    if (payload.length === 0) incoming?.end()
    else incoming?.end(this.#options.broken(call, readJson(payload, mostProblemBytes)))
    this.#options.onEnded?.(call)
  }
}

/** Says that the rest of a body will not come, and why. */
export function brokenEnd(call: number, problem: string): Buffer {
  return frame(bodyFrames.end, call, Buffer.from(problem))
}

/** What is said of a body before it comes: media type and size of a file. */
export function factsOf({ type, size }: OutgoingBody): string {
  return JSON.stringify({ type, size })
}

function creditFrame(call: number, bytes: number): Buffer {
  const payload = Buffer.allocUnsafe(4)
  payload.writeUInt32BE(bytes, 0)
  return frame(bodyFrames.credit, call, payload)
}

/** @throws {ProtocolError} where they are none */
function readFacts(payload: Uint8Array): Pick<IncomingBody, 'type' | 'size'> {
  const facts = readJson(payload, mostFactsBytes)
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts))
    throw new ProtocolError('a body is announced in words that are none')
  const { type, size } = facts as Readonly<Record<string, Json>>
  if (type !== undefined && typeof type !== 'string') throw new ProtocolError('a media type is no text')
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
    throw new ProtocolError('a size is no number of bytes')
  return { type, size }
}

function readJson(payload: Uint8Array, maxBytes: number): Json | undefined {
  try {
    return parseJson(payload, { maxBytes })
  } catch {
    return undefined
  }
}
