import { SpanRing } from './span-ring.ts'
import type { Span } from './span.ts'

const recentSpans = 2_048
const keptSpans = 256
/** Where the spans of one failed call are looked for: what a process did for it was not long ago. */
const lookedBack = 64

/**
 * What a process remembers of its calls: the last ones, and apart from them those that failed and those that were slow, which would be gone
 * when somebody asks for them.
 */
export class SpanStore {
  readonly #capacity: number
  #recent: SpanRing | undefined
  readonly #failed = new Kept()
  readonly #slow = new Kept()

  constructor(capacity: number = recentSpans) {
    this.#capacity = capacity
  }

  /** How many spans were ever written. */
  get written(): number {
    return this.#recent?.written ?? 0
  }

  get capacity(): number {
    return this.#capacity
  }

  write(span: Span, slow: boolean): void {
    this.#recent ??= new SpanRing(this.#capacity)
    this.#recent.write(span)
    if (span.failed) this.#keep(this.#failed, span)
    else if (span.code !== 'OK') this.#failed.add(span)
    else if (slow) this.#keep(this.#slow, span)
  }

  /** Spans from a cursor on, the oldest first. */
  since(cursor: number): { readonly spans: readonly Span[]; readonly lost: number } {
    return this.#recent?.since(cursor) ?? { spans: [], lost: 0 }
  }

  /** Everything that is remembered, each span once, the oldest first. */
  all(): readonly Span[] {
    const spans = [...this.#failed.spans, ...this.#slow.spans, ...this.since(0).spans]
    const unique = new Map(spans.map((span) => [span.spanId, span]))
    return [...unique.values()].toSorted((a, b) => a.start - b.start)
  }

  /** With the end of what was served, also what was done for it: a call alone does not tell why. */
  #keep(kept: Kept, span: Span): void {
    if (span.kind !== 'server') return kept.add(span)
    for (const one of this.#recent?.lastOf(span.traceId, lookedBack) ?? []) kept.add(one)
  }
}

/** A bounded list in which the oldest makes room. */
class Kept {
  readonly #spans: (Span | undefined)[] = []
  #written = 0

  get spans(): readonly Span[] {
    return this.#spans.filter((span) => span !== undefined)
  }

  add(span: Span): void {
    this.#spans[this.#written % keptSpans] = span
    this.#written += 1
  }
}
