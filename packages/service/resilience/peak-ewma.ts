/** How long what was seen counts, in milliseconds. */
const decayMs = 10_000
/** Below this nobody tells two replicas apart: what lies under it is the noise of the machine. */
const floorMs = 1
/** What an endpoint that was never measured seems to cost while its first call is under way. */
const unknownMs = 1_000
const longestMs = 60_000

/**
 * Latency of one endpoint as a moving average that jumps to a peak at once and forgets it slowly, so that a replica that becomes slow is avoided
 * after one slow answer (Finagle's "Peak EWMA"). All times in milliseconds.
 */
export class PeakEwma {
  #cost = 0
  #seenAt = 0
  #measured = false

  /** An answer took so long. */
  observe(milliseconds: number, now: number): void {
    const seen = Math.min(longestMs, milliseconds)
    const before = this.#decayed(now)
    const weight = this.#weight(now)
    this.#cost = seen > before ? seen : before * weight + seen * (1 - weight)
    this.#seenAt = now
    this.#measured = true
  }

  /** It did not answer as it should, however quickly: twice as expensive as before, so that failing fast attracts no calls. */
  penalise(milliseconds: number, now: number): void {
    this.observe(Math.max(milliseconds, 2 * this.expected(now)), now)
  }

  /** How long an answer takes as far as is known. */
  expected(now: number): number {
    return Math.max(floorMs, this.#decayed(now))
  }

  /** What one more call seems to cost with so many under way. */
  costOf(inFlight: number, now: number): number {
    if (!this.#measured) return inFlight === 0 ? floorMs : unknownMs * inFlight
    return this.expected(now) * (inFlight + 1)
  }

  #decayed(now: number): number {
    return this.#cost * this.#weight(now)
  }

  #weight(now: number): number {
    return Math.exp(-Math.max(0, now - this.#seenAt) / decayMs)
  }
}
