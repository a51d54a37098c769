import type { CallFailure } from './errors.ts'

/** Something that can end before it is done, and says why. */
export interface Ending {
  /** Undefined while it goes on. */
  readonly reason: unknown
  onEnd(listener: () => void): void
  offEnd(listener: () => void): void
}

/** How long a served call may still take, and the signal for everything that it began. */
export class Deadline implements Ending {
  #endsAt: number
  readonly #allEndsAt: number
  #reason: CallFailure | undefined
  #controller: AbortController | undefined
  /** Most calls that call others wait for one of them at a time. */
  #listener: (() => void) | undefined
  #others: Set<() => void> | undefined

  /**
   * @param milliseconds until the answer has to be there, or to begin
   * @param allMilliseconds until the whole of it has to be there, where it is a stream or a file
   */
  constructor(milliseconds: number, allMilliseconds = milliseconds) {
    const now = performance.now()
    this.#endsAt = now + milliseconds
    this.#allEndsAt = now + allMilliseconds
  }

  /** The answer has begun in time; from here on the time of the whole of it counts. */
  goOn(): void {
    this.#endsAt = this.#allEndsAt
  }

  /** Milliseconds left for everything, a stream's items included. */
  remainingOfAll(): number {
    return this.#reason === undefined ? Math.max(0, this.#allEndsAt - performance.now()) : 0
  }

  /** On the clock of `performance`. */
  get endsAt(): number {
    return this.#endsAt
  }

  get reason(): CallFailure | undefined {
    return this.#reason
  }

  /** Milliseconds left, 0 where none are. */
  remaining(): number {
    return this.#reason === undefined ? Math.max(0, this.#endsAt - performance.now()) : 0
  }

  /** Made only where somebody asks for it: most handlers never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  /** Has the listener called once, where it ends early. Cheaper than a signal, for calls that it began. */
  onEnd(listener: () => void): void {
    if (this.#listener === undefined) this.#listener = listener
    else (this.#others ??= new Set()).add(listener)
  }

  offEnd(listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined
    else this.#others?.delete(listener)
  }

  /** Ends the call for this reason; later reasons change nothing. */
  end(reason: CallFailure): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    const first = this.#listener
    this.#listener = undefined
    first?.()
    for (const listener of this.#others ?? []) listener()
    this.#others = undefined
  }
}

/** An abort signal as an ending; together with a deadline, whichever comes first. */
export class SignalEnding implements Ending {
  readonly #signal: AbortSignal
  readonly #deadline: Ending | undefined

  constructor(signal: AbortSignal, deadline?: Ending) {
    this.#signal = signal
    this.#deadline = deadline
  }

  get reason(): unknown {
    return this.#deadline?.reason ?? (this.#signal.aborted ? (this.#signal.reason ?? 'aborted') : undefined)
  }

  onEnd(listener: () => void): void {
    this.#signal.addEventListener('abort', listener, { once: true })
    this.#deadline?.onEnd(listener)
  }

  offEnd(listener: () => void): void {
    this.#signal.removeEventListener('abort', listener)
    this.#deadline?.offEnd(listener)
  }
}
