import type { Ending } from '../deadline.ts'
import { timerWheel, type Timed } from '../timer-wheel.ts'

export interface Pace {
  /** The longest that is waited for one piece. */
  readonly idleMs: number
  /** True: also the longest that the taker of a piece may take before it asks for the next one. */
  readonly bothWays: boolean
  /** Ends all waiting. */
  readonly ending: Ending
  /** Called where a wait took too long; has to end `ending`. */
  readonly onIdle: () => void
}

/**
 * The same pieces, one at a time, where waiting ends when the call does. Nothing is asked of the source before somebody wants it: this is what
 * carries back-pressure from one end to the other.
 */
export class Paced<T> implements AsyncIterableIterator<T> {
  readonly #source: AsyncIterator<T>
  readonly #pace: Pace
  readonly #timer: IdleTimer
  #reject: ((reason: unknown) => void) | undefined
  #done = false
  /** Why it ended before the source did, until the taker knows. */
  #failure: Error | undefined

  constructor(source: AsyncIterable<T>, pace: Pace) {
    this.#source = source[Symbol.asyncIterator]()
    this.#pace = pace
    this.#timer = new IdleTimer(pace)
    pace.ending.onEnd(this.#end)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T>> {
    const { ending, bothWays } = this.#pace
    if (!this.#done && ending.reason !== undefined) this.#end()
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) return Promise.reject(failure)
    if (this.#done) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#reject = reject
      this.#timer.start()
      const failed = (thrown: unknown) => {
        this.#finish()
        reject(thrown)
      }
      this.#source.next().then((result) => resolve(this.#came(result, bothWays)), failed)
    })
  }

  #came(result: IteratorResult<T>, watched: boolean): IteratorResult<T> {
    this.#reject = undefined
    if (result.done === true) this.#finish()
    else if (watched) this.#timer.start()
    else this.#timer.stop()
    return result
  }

  /** Nobody wants more. A source that is in the middle of something is told, and not waited for. */
  return(): Promise<IteratorResult<T>> {
    this.#failure = undefined
    if (!this.#done) {
      this.#finish()
      this.#letGo()
    }
    return Promise.resolve({ done: true, value: undefined })
  }

  readonly #end = (): void => {
    if (this.#done) return
    const reject = this.#reject
    const reason = reasonOf(this.#pace.ending)
    this.#finish()
    this.#letGo()
    // Where nobody waits at this moment, the next one who asks has to learn it: an end without a reason would look complete.
    if (reject === undefined) this.#failure = reason
    else reject(reason)
  }

  #letGo(): void {
    // What it throws on the way out has nobody who waits for it.
    Promise.resolve(this.#source.return?.()).catch(() => undefined)
  }

  #finish(): void {
    this.#done = true
    this.#reject = undefined
    this.#timer.stop()
    this.#pace.ending.offEnd(this.#end)
  }
}

function reasonOf({ reason }: Ending): Error {
  return reason instanceof Error ? reason : new Error('the call has ended', { cause: reason })
}

class IdleTimer implements Timed {
  endsAt = 0
  readonly #pace: Pace
  #running = false

  constructor(pace: Pace) {
    this.#pace = pace
  }

  start(): void {
    this.stop()
    this.endsAt = performance.now() + this.#pace.idleMs
    this.#running = true
    timerWheel.add(this)
  }

  stop(): void {
    if (this.#running) timerWheel.remove(this)
    this.#running = false
  }

  expire(): void {
    this.#running = false
    this.#pace.onIdle()
  }
}
