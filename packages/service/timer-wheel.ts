/** Milliseconds between two looks; nothing fires earlier than asked, and at most this much later. */
const tickMs = 5
const slots = 1_024

/** Something that is called when its time has come, unless it is cancelled before. */
export interface Timed {
  /** On the clock of `performance`. */
  readonly endsAt: number
  expire(): void
  /** Its neighbours in the wheel, which are the wheel's own business. */
  before?: Timed | undefined
  after?: Timed | undefined
}

/** The head of the ring of everything that waits in one slot. */
class Slot implements Timed {
  readonly endsAt = Number.POSITIVE_INFINITY
  before: Timed = this
  after: Timed = this

  expire(): void {
    // Never its time.
  }
}

/**
 * Deadlines of many calls on one timer (Varghese and Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987, scheme 6). Adding and removing
 * is a few assignments; the timer runs only while there is something to wait for, and does not keep the process alive.
 */
export class TimerWheel {
  readonly #slots = Array.from({ length: slots }, () => new Slot())
  #size = 0
  #timer: NodeJS.Timeout | undefined
  #lookedAt = 0

  /** What waits already waits anew. */
  add(timed: Timed): void {
    this.remove(timed)
    const slot = this.#slotOf(timed.endsAt)
    const last = slot.before
    timed.before = last
    timed.after = slot
    last.after = timed
    slot.before = timed
    this.#size += 1
    if (this.#timer !== undefined) return
    this.#lookedAt = Math.floor(performance.now() / tickMs)
    this.#timer = setInterval(this.#look, tickMs)
    this.#timer.unref()
  }

  /** Nothing happens where it does not wait. */
  remove(timed: Timed): void {
    const { before, after } = timed
    if (before === undefined || after === undefined) return
    before.after = after
    after.before = before
    timed.before = undefined
    timed.after = undefined
    this.#size -= 1
  }

  /** Ends the timer; whatever waits never fires. */
  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const slot of this.#slots) while (slot.after !== slot) this.remove(slot.after)
  }

  readonly #look = (): void => {
    const now = performance.now()
    const current = Math.floor(now / tickMs)
    // After a long pause every slot is looked at once.
    for (let tick = Math.max(this.#lookedAt, current - slots + 1); tick <= current; tick += 1) {
      const slot = this.#slots[tick % slots]
      if (slot !== undefined) this.#expireIn(slot, now)
    }
    this.#lookedAt = current
    if (this.#size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Collected first: what expires may take others out of the wheel, and put new ones in. */
  #expireIn(slot: Slot, now: number): void {
    const due: Timed[] = []
    for (let timed = slot.after; timed !== slot; timed = timed.after ?? slot)
      if (timed.endsAt <= now) due.push(timed)
    for (const timed of due) {
      if (timed.after === undefined) continue
      this.remove(timed)
      timed.expire()
    }
  }

  #slotOf(endsAt: number): Slot {
    const slot = this.#slots[Math.ceil(endsAt / tickMs) % slots]
    if (slot === undefined) throw new RangeError('an end of time that is none')
    return slot
  }
}

/** The wheel of this process. */
export const timerWheel: TimerWheel = new TimerWheel()
