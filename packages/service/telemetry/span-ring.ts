import type { Span, SpanDetail, SpanKind } from './span.ts'

/** Characters of a trace id, a span id and a parent's id, as they stand in the ring. */
const idBytes = 64
const noParent = ' '.repeat(16)
const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']
const flagFailed = 1
const flagSampled = 2

/**
 * The last spans of a process, column by column: numbers and ids stand in typed arrays and every other text is one that lives anyway, so
 * that a call that is over leaves nothing for the garbage collector. The oldest is overwritten.
 */
export class SpanRing {
  readonly capacity: number
  readonly #ids: Buffer
  readonly #names: string[]
  readonly #codes: string[]
  readonly #peers: (string | undefined)[]
  readonly #details: (SpanDetail | undefined)[]
  readonly #starts: Float64Array
  readonly #durations: Float64Array
  readonly #left: Float32Array
  readonly #statuses: Uint16Array
  readonly #attempts: Uint16Array
  readonly #kinds: Uint8Array
  readonly #flags: Uint8Array
  #written = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.#ids = Buffer.alloc(capacity * idBytes)
    this.#names = Array.from({ length: capacity }, () => '')
    this.#codes = Array.from({ length: capacity }, () => '')
    this.#peers = Array.from({ length: capacity }, () => undefined)
    this.#details = Array.from({ length: capacity }, () => undefined)
    this.#starts = new Float64Array(capacity)
    this.#durations = new Float64Array(capacity)
    this.#left = new Float32Array(capacity)
    this.#statuses = new Uint16Array(capacity)
    this.#attempts = new Uint16Array(capacity)
    this.#kinds = new Uint8Array(capacity)
    this.#flags = new Uint8Array(capacity)
  }

  /** How many spans were ever written: the cursor of whoever reads on from here. */
  get written(): number {
    return this.#written
  }

  write(span: Span): void {
    const at = this.#written % this.capacity
    this.#written += 1
    const ids = span.traceId + span.spanId + (span.parentId ?? noParent)
    this.#ids.write(ids, at * idBytes, idBytes, 'latin1')
    this.#names[at] = span.name
    this.#codes[at] = span.code
    this.#peers[at] = span.peer
    this.#details[at] = span.detail
    this.#starts[at] = span.start
    this.#durations[at] = span.durationMs
    this.#left[at] = span.leftMs ?? Number.NaN
    this.#statuses[at] = span.status ?? 0
    this.#attempts[at] = span.attempts ?? 0
    this.#kinds[at] = kinds.indexOf(span.kind)
    this.#flags[at] = (span.failed ? flagFailed : 0) | (span.sampled ? flagSampled : 0)
  }

  /** Spans from a cursor on, the oldest first, and how many were overwritten before they were read. */
  since(cursor: number): { readonly spans: Span[]; readonly lost: number } {
    const first = Math.max(cursor, this.#written - this.capacity, 0)
    const spans = Array.from({ length: this.#written - first }, (_, at) => this.#read(first + at))
    return { spans, lost: Math.max(0, first - cursor) }
  }

  /** Those of the last so many spans that belong to a trace. */
  lastOf(traceId: string, most: number): Span[] {
    const first = Math.max(0, this.#written - Math.min(most, this.capacity))
    const wanted = Buffer.from(traceId, 'latin1')
    const found: Span[] = []
    for (let index = first; index < this.#written; index += 1) {
      const at = (index % this.capacity) * idBytes
      if (this.#ids.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0)
        found.push(this.#read(index))
    }
    return found
  }

  #read(index: number): Span {
    const at = index % this.capacity
    const ids = this.#ids.toString('latin1', at * idBytes, (at + 1) * idBytes)
    const parentId = ids.slice(48)
    const flags = this.#flags[at] ?? 0
    return {
      traceId: ids.slice(0, 32),
      spanId: ids.slice(32, 48),
      parentId: parentId === noParent ? undefined : parentId,
      name: this.#names[at] ?? '',
      kind: kinds[this.#kinds[at] ?? 0] ?? 'internal',
      start: this.#starts[at] ?? 0,
      durationMs: this.#durations[at] ?? 0,
      code: this.#codes[at] ?? '',
      failed: (flags & flagFailed) !== 0,
      sampled: (flags & flagSampled) !== 0,
      status: this.#statuses[at] || undefined,
      peer: this.#peers[at],
      attempts: this.#attempts[at] || undefined,
      leftMs: roundedOf(this.#left[at] ?? Number.NaN),
      detail: this.#details[at],
    }
  }
}

/** Microseconds are exact enough for what a 32-bit number kept. */
function roundedOf(milliseconds: number): number | undefined {
  return Number.isNaN(milliseconds) ? undefined : Math.round(milliseconds * 1_000) / 1_000
}
