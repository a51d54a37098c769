/** What part of all calls of a target may be repeated. */
const shareOfCalls = 0.1
/** Repetitions that are saved up at most, and there at the beginning. */
const mostSaved = 10

/**
 * How many repetitions one target may be asked for: each call saves a tenth of one, each repetition spends one. Over any stretch of time the
 * repetitions are at most a tenth of the calls in it and ten more, whatever fails, so that an overloaded target is not asked more because it
 * is overloaded (Google, Site Reliability Engineering, chapter 22, "Handling Overload"; the token bucket is that of Finagle's `RetryBudget`).
 */
export class RetryBudget {
  /** In tenths of a repetition, so that nothing is lost by rounding. */
  #saved = mostSaved / shareOfCalls

  /** A call begins. */
  deposit(): void {
    if (this.#saved < mostSaved / shareOfCalls) this.#saved += 1
  }

  /** True where one repetition may be made; it is spent then. */
  withdraw(): boolean {
    if (this.#saved < 1 / shareOfCalls) return false
    this.#saved -= 1 / shareOfCalls
    return true
  }
}
