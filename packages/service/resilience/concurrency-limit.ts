/** Bounds of the limit, and where it begins. */
export interface LimitBounds {
  readonly least: number
  readonly most: number
  readonly first: number
}

/** A window is closed after so long, and so many answers. Milliseconds. */
const windowMs = 100
const windowAnswers = 10
/** How many times slower than at low concurrency answers may be before there are too many at once: less would take a busy machine's noise for overload. */
const tolerance = 2
/** What one window leaves of the limit at least: a pause of the whole machine makes one bad window. */
const mostShrinking = 0.7
/** A probe runs so many times fewer calls at a time. Above `tolerance`, so that a limit that is far too high still shows. */
const probeDivisor = 3
/** Windows at the limit between two probes: usually, and while the last one found something else than was known. */
const windowsBetweenProbes = 20
const windowsWhileSearching = 3
/** How far a probe may be from what was known to be the same. */
const sameWithin = 1.3
/** A probe that sees few answers ends after so long. */
const longestProbeMs = 3_000
/** Weight of a new measurement where the load is low. */
const weightAtLowLoad = 0.2

/** Latencies of one operation: in this window, and how long it takes where little else runs. Milliseconds. */
interface Latency {
  base: number | undefined
  sum: number
  count: number
}

/**
 * How many calls should run at a time, found from their latencies: it shrinks while answers take longer than they do at low concurrency, and grows while they do not. The gradient
 * is that of Netflix's `concurrency-limits` (Gradient) and of Envoy's adaptive concurrency filter. Like Envoy, it finds what an answer takes at low
 * concurrency by trying: at the limit, now and then a window runs a third as many at a time. Where that makes nothing faster, the cause is not here
 * (a slow dependency), and the limit grows again. Operations are compared with themselves alone, so that a mix of slow and quick ones misleads nobody.
 *
 * Pure: times are given, in milliseconds on one clock.
 */
export class ConcurrencyLimit {
  readonly #bounds: LimitBounds
  readonly #latencies = new Map<unknown, Latency>()
  #exact: number
  #probing = false
  /** Grows with every probe's beginning and end: what began under another limit is not counted. */
  #phase = 0
  #windowBegan = 0
  #answers = 0
  #mostInFlight = 0
  #windowsUntilProbe = windowsWhileSearching

  constructor(bounds: LimitBounds) {
    this.#bounds = bounds
    this.#exact = bounds.first
  }

  /** Calls that may run at the same time now. */
  get limit(): number {
    return Math.floor(this.#probing ? Math.max(1, this.#exact / probeDivisor) : this.#exact)
  }

  get phase(): number {
    return this.#phase
  }

  /** A call begins, so many running with it. */
  begin(inFlight: number): void {
    if (inFlight > this.#mostInFlight) this.#mostInFlight = inFlight
  }

  /** A call has ended that began in `phase` and took so long. `operation` is whatever tells operations apart. */
  end(
    operation: unknown,
    ended: { readonly tookMs: number; readonly phase: number; readonly now: number },
  ): void {
    const { tookMs, phase, now } = ended
    if (this.#windowBegan === 0) this.#windowBegan = now
    if (phase === this.#phase) {
      const latency = this.#latencyOf(operation)
      latency.sum += tookMs
      latency.count += 1
      this.#answers += 1
    }
    const age = now - this.#windowBegan
    const enough = this.#answers >= Math.min(windowAnswers, 2 * this.limit) && age >= windowMs
    const few = this.#probing && this.#answers > 0 && age >= longestProbeMs
    if (enough || few) this.#close(now)
  }

  #latencyOf(operation: unknown): Latency {
    let latency = this.#latencies.get(operation)
    if (latency === undefined) {
      latency = { base: undefined, sum: 0, count: 0 }
      this.#latencies.set(operation, latency)
    }
    return latency
  }

  #close(now: number): void {
    if (this.#probing) this.#endProbe()
    else if (this.#mostInFlight < this.#exact / 2) this.#learn(weightAtLowLoad)
    else this.#follow()
    for (const latency of this.#latencies.values()) {
      latency.sum = 0
      latency.count = 0
    }
    this.#answers = 0
    this.#mostInFlight = 0
    this.#windowBegan = now
  }

  #endProbe(): void {
    const slowdown = this.#slowdown()
    this.#windowsUntilProbe =
      slowdown < 1 / sameWithin || slowdown > sameWithin ? windowsWhileSearching : windowsBetweenProbes
    this.#learn(1)
    this.#probing = false
    this.#phase += 1
  }

  /** What answers take at low concurrency. */
  #learn(weight: number): void {
    for (const latency of this.#latencies.values()) {
      if (latency.count === 0) continue
      const mean = latency.sum / latency.count
      latency.base = latency.base === undefined ? mean : latency.base + (mean - latency.base) * weight
    }
  }

  #follow(): void {
    const gradient = Math.max(mostShrinking, Math.min(1, tolerance / this.#slowdown()))
    const next = this.#exact * gradient + Math.sqrt(this.#exact) / 2
    this.#exact = Math.max(this.#bounds.least, Math.min(this.#bounds.most, next))
    this.#windowsUntilProbe -= 1
    if (this.#windowsUntilProbe > 0) return
    this.#probing = true
    this.#phase += 1
  }

  /** How many times longer answers take now than at low concurrency, of all operations together. */
  #slowdown(): number {
    let sum = 0
    let count = 0
    for (const latency of this.#latencies.values()) {
      if (latency.count === 0) continue
      const mean = latency.sum / latency.count
      latency.base ??= mean
      sum += (latency.count * mean) / Math.max(latency.base, Number.EPSILON)
      count += latency.count
    }
    return count === 0 ? 1 : sum / count
  }
}
