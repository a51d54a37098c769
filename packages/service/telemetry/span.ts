/** What a span or a metric says beside its name (OpenTelemetry's attribute values). */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | readonly boolean[]
export type Attributes = Readonly<Record<string, AttributeValue>>

/** OpenTelemetry's kinds of spans. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A moment within a span. */
export interface SpanEvent {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly attributes: Attributes
}

/** Another span that this one has to do with. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** What few spans have, and what is therefore kept apart from the rest. */
export interface SpanDetail {
  readonly attributes?: Attributes | undefined
  readonly events?: readonly SpanEvent[] | undefined
  readonly links?: readonly SpanLink[] | undefined
  /** Attributes, events and links that were left out because there were too many. */
  readonly dropped?: number | undefined
  /** Instrumentation that made it, where it was not Plimsoll's own. */
  readonly scope?: { readonly name: string; readonly version?: string | undefined } | undefined
}

/** One thing that a process did, after it ended. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  readonly kind: SpanKind
  /** Milliseconds since the epoch, with a fraction. */
  readonly start: number
  readonly durationMs: number
  /** `OK`, the code of a declared error, or the code of the failure. */
  readonly code: string
  /** True where this process failed, or where what it called failed. */
  readonly failed: boolean
  readonly sampled: boolean
  /** HTTP status, where there was one. */
  readonly status?: number | undefined
  /** SPIFFE ID of the caller for a call that was served; address of the replica for one that was made. */
  readonly peer?: string | undefined
  /** How often it was tried, for a call that was made. */
  readonly attempts?: number | undefined
  /** Milliseconds that were left of the deadline at the end. */
  readonly leftMs?: number | undefined
  readonly detail?: SpanDetail | undefined
}
