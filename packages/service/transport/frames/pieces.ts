import type { OutgoingBody } from '../transport.ts'
import { ProtocolError } from './frame.ts'

/** Bytes that may be on their way before the receiver has taken any. */
export const firstCredit = 262_144
/** What a piece costs beside its bytes, so that a credit is a bound for pieces without any, too. */
export const pieceCost = 64
/** Credit is given back in portions: a frame for each piece would cost more than the piece. */
const portion = 65_536

/** Pieces of a body as they come in, held until they are taken; how many may come is what this end has given credit for. */
export class IncomingPieces implements AsyncIterableIterator<Uint8Array> {
  readonly #giveCredit: (bytes: number) => void
  readonly #onStop: () => void
  #held: Uint8Array[] = []
  #credit = firstCredit
  #taken = 0
  #waiting: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined
  #ended = false
  #failure: Error | undefined

  /** @param onStop called where the rest is not wanted */
  constructor(giveCredit: (bytes: number) => void, onStop: () => void) {
    this.#giveCredit = giveCredit
    this.#onStop = onStop
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @throws {ProtocolError} where the other end sends more than it has credit for */
  push(piece: Uint8Array): void {
    if (this.#ended) return
    if (this.#credit <= 0) throw new ProtocolError('a body is sent faster than there is credit for it')
    this.#credit -= piece.length + pieceCost
    const waiting = this.#waiting
    if (waiting === undefined) {
      this.#held.push(piece)
      return
    }
    this.#waiting = undefined
    this.#took(piece)
    waiting.resolve({ done: false, value: piece })
  }

  /** The last piece has come, or none will come any more; what is held is taken before the failure. */
  end(failure?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    const waiting = this.#waiting
    this.#waiting = undefined
    if (failure === undefined) waiting?.resolve({ done: true, value: undefined })
    else waiting?.reject(failure)
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#held.shift()
    if (piece !== undefined) {
      this.#took(piece)
      return Promise.resolve({ done: false, value: piece })
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    this.#waiting = Promise.withResolvers()
    return this.#waiting.promise
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#ended) {
      this.end()
      this.#onStop()
    }
    this.#held = []
    return Promise.resolve({ done: true, value: undefined })
  }

  #took(piece: Uint8Array): void {
    this.#taken += piece.length + pieceCost
    if (this.#taken < portion || this.#ended) return
    this.#credit += this.#taken
    this.#giveCredit(this.#taken)
    this.#taken = 0
  }
}

/** Where pieces go to. */
export interface PieceSink {
  write(piece: Uint8Array): void
  /** True while the connection itself has more to send than it should. */
  isCongested(): boolean
}

/** Sends the pieces of a body, one whenever there is credit and room for it. */
export class OutgoingPieces {
  readonly #sink: PieceSink
  #credit = firstCredit
  #stopped = false
  #wake: (() => void) | undefined

  constructor(sink: PieceSink) {
    this.#sink = sink
  }

  addCredit(bytes: number): void {
    this.#credit += bytes
    this.wake()
  }

  /** The other end wants no more, or has gone. */
  stop(): void {
    this.#stopped = true
    this.wake()
  }

  /** There may be room again. */
  wake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /**
   * @returns true when all of it is on its way, false where it was stopped before
   * @throws whatever the pieces end with
   */
  async send({ pieces, ending }: OutgoingBody): Promise<boolean> {
    const wake = () => this.wake()
    ending.onEnd(wake)
    try {
      for await (const piece of pieces) {
        while (this.#mustWait() && ending.reason === undefined) await this.#room()
        if (this.#stopped) return false
        // An ended call ends its pieces too: the next one throws why.
        if (ending.reason !== undefined) continue
        this.#credit -= piece.length + pieceCost
        this.#sink.write(piece)
      }
      return !this.#stopped
    } finally {
      ending.offEnd(wake)
    }
  }

  #mustWait(): boolean {
    return !this.#stopped && (this.#credit <= 0 || this.#sink.isCongested())
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
