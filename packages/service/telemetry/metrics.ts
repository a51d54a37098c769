import { Histogram, type Distribution } from './histogram.ts'
import type { Attributes } from './span.ts'

/** One series of a metric. */
export interface Point {
  readonly attributes: Attributes
  readonly value: number | Distribution
}

/** A metric as it is at one moment, with OpenTelemetry's names and UCUM units. */
export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** A counter only grows; an updown counter is a sum that does not. */
  readonly type: 'histogram' | 'counter' | 'updowncounter' | 'gauge'
  readonly points: readonly Point[]
}

/** What makes series differ: at most so many, whatever comes in (OpenTelemetry metrics SDK, cardinality limits). */
const mostSeries = 2_000
const overflow: Attributes = { 'otel.metric.overflow': true }

type Facts = Pick<Metric, 'name' | 'description' | 'unit'>

/** Durations of one kind of call, a histogram for each operation and outcome. */
export class Durations {
  readonly #facts: Facts
  readonly #attributesOf: (subject: string, outcome: string) => Attributes
  readonly #series = new Map<string, Map<string, Histogram>>()
  #size = 0
  #overflow: Histogram | undefined

  /** @param attributesOf what stands in the metric for an operation and an outcome */
  constructor(facts: Facts, attributesOf: (subject: string, outcome: string) => Attributes) {
    this.#facts = facts
    this.#attributesOf = attributesOf
  }

  /** @returns true where it was slow, compared with what it has been */
  record(subject: string, outcome: string, seconds: number): boolean {
    const known = this.#series.get(subject)?.get(outcome)
    return (known ?? this.#open(subject, outcome)).record(seconds)
  }

  read(): Metric {
    const points = [...this.#series].flatMap(([subject, outcomes]) =>
      Array.from(outcomes, ([outcome, histogram]) => ({
        attributes: this.#attributesOf(subject, outcome),
        value: histogram.read(),
      })),
    )
    if (this.#overflow !== undefined) points.push({ attributes: overflow, value: this.#overflow.read() })
    return { ...this.#facts, type: 'histogram', points }
  }

  #open(subject: string, outcome: string): Histogram {
    if (this.#size >= mostSeries) return (this.#overflow ??= new Histogram())
    this.#size += 1
    const histogram = new Histogram()
    const outcomes = this.#series.get(subject)
    if (outcomes === undefined) this.#series.set(subject, new Map([[outcome, histogram]]))
    else outcomes.set(outcome, histogram)
    return histogram
  }
}
