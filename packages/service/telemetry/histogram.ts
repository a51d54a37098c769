/**
 * Upper bounds of the buckets, in seconds: the ones that OpenTelemetry's conventions advise for durations of HTTP and RPC calls, with three
 * below them, because calls between services of one machine take less than the first.
 */
export const durationBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** A histogram as data. */
export interface Distribution {
  /** One more than the bounds. */
  readonly counts: readonly number[]
  readonly count: number
  /** Seconds. */
  readonly sum: number
}

/** Every so many values it is looked up again what counts as slow. */
const lookEvery = 256

/** How long things took, counted into buckets. */
export class Histogram {
  /** One more than the bounds: the last bucket has no upper bound. */
  readonly #counts = new Float64Array(durationBounds.length + 1)
  #count = 0
  /** Seconds. */
  #sum = 0
  #slowAbove = Number.POSITIVE_INFINITY

  /** @returns true where it took longer than 99 of 100 before */
  record(seconds: number): boolean {
    let bucket = 0
    while (bucket < durationBounds.length && seconds > (durationBounds[bucket] ?? 0)) bucket += 1
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#sum += seconds
    if (this.#count % lookEvery === 0) this.#slowAbove = this.#quantile(0.99)
    return seconds > this.#slowAbove
  }

  read(): Distribution {
    return { counts: [...this.#counts], count: this.#count, sum: this.#sum }
  }

  /** Upper bound of the bucket in which the quantile lies. */
  #quantile(share: number): number {
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (seen >= share * this.#count) return durationBounds[bucket] ?? Number.POSITIVE_INFINITY
    }
    return Number.POSITIVE_INFINITY
  }
}
