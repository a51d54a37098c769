/** Failures in a row after which an endpoint is set aside. */
const mostInARow = 5
/** Share of failures, over about the last 32 calls, after which it is. */
const mostShare = 0.5
const memory = 1 / 32
const firstEjectionMs = 1_000
const longestEjectionMs = 30_000
/** Who has been good for so long begins again with the shortest time. */
const forgivenAfterMs = 60_000
/** How long a new or returning endpoint takes until it has its whole share of calls, and what part it begins with. */
const slowStartMs = 10_000
const slowStartShare = 0.1

/** What part of a target's endpoints may be set aside for their failures: an error of all of them must not leave none. */
export const mostEjected = 1 / 2

/**
 * How one endpoint behaves: counts failures, says when it should be set aside, for how long, and with what share it comes back. The limits are those of
 * Envoy's outlier detection and slow start. All times in milliseconds on one clock.
 */
export class OutlierRecord {
  #inARow = 0
  #share = 0
  #ejections = 0
  #ejectedUntil = 0
  #since: number
  /** True from the end of an ejection until the first good answer: one failure is enough then. */
  #onProbation = false

  /** @param since when the endpoint came to be known */
  constructor(since: number) {
    this.#since = since
  }

  get ejectedUntil(): number {
    return this.#ejectedUntil
  }

  succeeded(): void {
    this.#inARow = 0
    this.#share -= this.#share * memory
    this.#onProbation = false
  }

  /** True where the endpoint should be set aside now. */
  failed(now: number): boolean {
    this.#inARow += 1
    this.#share += (1 - this.#share) * memory
    const bad = this.#inARow >= mostInARow || this.#share >= mostShare || this.#onProbation
    return bad && now >= this.#ejectedUntil
  }

  /** Sets it aside, each time for twice as long. Calls that were under way may still fail meanwhile; that adds nothing. */
  eject(now: number): void {
    if (now - this.#ejectedUntil > forgivenAfterMs) this.#ejections = 0
    this.#ejectedUntil = now + Math.min(longestEjectionMs, firstEjectionMs * 2 ** this.#ejections)
    this.#ejections += 1
    this.#inARow = 0
    this.#share = 0
    this.#onProbation = true
    this.#since = this.#ejectedUntil
  }

  /** It is as if it were new: its slow start begins. */
  begin(now: number): void {
    this.#since = now
  }

  /** The part of its usual share of calls that it should have now, from 0.1 to 1. */
  weight(now: number): number {
    return Math.min(1, Math.max(slowStartShare, (now - this.#since) / slowStartMs))
  }
}
