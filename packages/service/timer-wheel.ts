/** Milliseconds between two looks; nothing fires earlier than asked, and at most this much later. */
const tickMs = 5
const slots = 1_024

/** Something that is called when its time has come, unless it is cancelled before. */
export interface Timed {
  /** On the clock of `performance`. */
  readonly endsAt: number
  expire(): void
}

/**
 * Deadlines of many calls on one timer (Varghese and Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987, scheme 6). Adding and removing is one
 * set operation; the timer runs only while there is something to wait for, and does not keep the process alive.
 */
export class TimerWheel {
  readonly #slots = Array.from({ length: slots }, () => new Set<Timed>())
  #size = 0
  #timer: NodeJS.Timeout | undefined
  #lookedAt = 0

  add(timed: Timed): void {
    this.#slotOf(timed.endsAt).add(timed)
    this.#size += 1
    if (this.#timer !== undefined) return
    this.#lookedAt = Math.floor(performance.now() / tickMs)
    this.#timer = setInterval(this.#look, tickMs)
    this.#timer.unref()
  }

  remove(timed: Timed): void {
    if (this.#slotOf(timed.endsAt).delete(timed)) this.#size -= 1
  }

  /** Ends the timer; whatever waits never fires. */
  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const slot of this.#slots) slot.clear()
    this.#size = 0
  }

  readonly #look = (): void => {
    const now = performance.now()
    const current = Math.floor(now / tickMs)
    // After a long pause every slot is looked at once.
    for (let tick = Math.max(this.#lookedAt, current - slots + 1); tick <= current; tick += 1) {
      for (const timed of this.#slots[tick % slots] ?? []) {
        if (timed.endsAt > now) continue
        this.remove(timed)
        timed.expire()
      }
    }
    this.#lookedAt = current
    if (this.#size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #slotOf(endsAt: number): Set<Timed> {
    const slot = this.#slots[Math.ceil(endsAt / tickMs) % slots]
    if (slot === undefined) throw new RangeError('an end of time that is none')
    return slot
  }
}

/** The wheel of this process. */
export const timerWheel: TimerWheel = new TimerWheel()
