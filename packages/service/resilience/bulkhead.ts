import type { Ending } from '../deadline.ts'
import { timerWheel, type Timed } from '../timer-wheel.ts'

export interface BulkheadLimits {
  /** Calls under way at the same time. */
  readonly mostInFlight: number
  /** Calls that wait for a place. */
  readonly mostWaiting: number
}

/** A call that wants a place. */
export interface Entering {
  /** On the clock of `performance`: how long it may wait. */
  readonly endsAt: number
  readonly ending?: Ending | undefined
  /** It has a place, to be given back with `leave`. */
  enter(): void
  /** It gets none: too many wait, its time is over, or nobody wants it any more. */
  turnAway(why: 'full' | 'late' | 'ended'): void
}

/**
 * Bounds what one target may hold of this process: so many calls at a time, so many waiting, none longer than it has time. A target that is stuck can
 * fill its own bulkhead and nothing else (Nygard, Release It!, "Bulkheads").
 */
export class Bulkhead {
  readonly #limits: BulkheadLimits
  readonly #waiting = new Set<Waiter>()
  #inFlight = 0

  constructor(limits: BulkheadLimits) {
    this.#limits = limits
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Gives the call a place, at once or later, or turns it away. Calls exactly one of its two methods once. */
  take(call: Entering): void {
    if (this.#inFlight < this.#limits.mostInFlight) {
      this.#inFlight += 1
      call.enter()
    } else if (this.#waiting.size >= this.#limits.mostWaiting) call.turnAway('full')
    else this.#waiting.add(new Waiter(call, this.#waiting))
  }

  /** Gives a place back: the first who waits has it. */
  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#inFlight -= 1
    else next.enter()
  }
}

class Waiter implements Timed {
  readonly endsAt: number
  readonly #call: Entering
  readonly #line: Set<Waiter>

  constructor(call: Entering, line: Set<Waiter>) {
    this.endsAt = call.endsAt
    this.#call = call
    this.#line = line
    timerWheel.add(this)
    call.ending?.onEnd(this.#ended)
  }

  enter(): void {
    this.#done()
    this.#call.enter()
  }

  expire(): void {
    this.#done()
    this.#call.turnAway('late')
  }

  readonly #ended = (): void => {
    this.#done()
    this.#call.turnAway('ended')
  }

  #done(): void {
    this.#line.delete(this)
    timerWheel.remove(this)
    this.#call.ending?.offEnd(this.#ended)
  }
}
