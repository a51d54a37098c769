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
  readonly #endsAt: number
  #reason: CallFailure | undefined
  #controller: AbortController | undefined
  #listeners: Set<() => void> | undefined

  constructor(milliseconds: number) {
    this.#endsAt = performance.now() + milliseconds
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
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  offEnd(listener: () => void): void {
    this.#listeners?.delete(listener)
  }

  /** Ends the call for this reason; later reasons change nothing. */
  end(reason: CallFailure): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    for (const listener of this.#listeners ?? []) listener()
    this.#listeners = undefined
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
