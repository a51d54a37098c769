import type { Trace } from '../traceparent.ts'
import type { CallScope } from './call-scope.ts'
import { withoutCall, type Redactor } from './redaction.ts'
import type { AttributeValue, Attributes, Span, SpanDetail, SpanEvent, SpanKind, SpanLink } from './span.ts'
import type { Telemetry } from './telemetry.ts'

/** OpenTelemetry's default limits of a span, and of the length of a value. */
const mostEntries = 128
const longestValue = 4_096

type Given = Readonly<Record<string, unknown>>
/** OpenTelemetry's `TimeInput`: seconds and nanoseconds, milliseconds since the epoch or of `performance.now()`, or a date. */
export type GivenTime = number | Date | readonly [number, number]

/** OpenTelemetry's `SpanContext`. */
export interface GivenSpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

interface Facts {
  readonly trace: Trace
  readonly name: string
  readonly kind: SpanKind
  readonly start: number
}

/** A span that goes on, with the interface that OpenTelemetry's API gives to instrumentation. */
export class LiveSpan {
  readonly #facts: Facts
  #name: string
  #attributes = new Map<string, AttributeValue>()
  #events: SpanEvent[] = []
  #links: SpanLink[] = []
  #dropped = 0
  #status: 'OK' | 'ERROR' | undefined
  #ended = false

  constructor(facts: Facts) {
    this.#facts = facts
    this.#name = facts.name
  }

  spanContext(): GivenSpanContext {
    const { traceId, spanId, sampled } = this.#facts.trace
    return { traceId, spanId, traceFlags: sampled ? 1 : 0 }
  }

  setAttribute(key: string, value: unknown): this {
    const acceptable = this.#ended ? undefined : attributeValue(value)
    if (acceptable === undefined) return this
    if (this.#attributes.size < mostEntries || this.#attributes.has(key))
      this.#attributes.set(key, acceptable)
    else this.#dropped += 1
    return this
  }

  setAttributes(attributes: Given): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value)
    return this
  }

  addEvent(name: string, attributesOrTime?: Given | GivenTime, time?: GivenTime): this {
    const isTime = isGivenTime(attributesOrTime)
    const at = millisecondsOf(isTime ? attributesOrTime : time)
    const attributes = isTime ? {} : acceptable(attributesOrTime ?? {})
    if (this.#events.length >= mostEntries) this.#dropped += 1
    else if (!this.#ended) this.#events.push({ name, at, attributes })
    return this
  }

  addLink(link: { readonly context: GivenSpanContext; readonly attributes?: Given }): this {
    const { traceId, spanId } = link.context
    if (this.#links.length >= mostEntries) this.#dropped += 1
    else if (!this.#ended)
      this.#links.push({ traceId, spanId, attributes: acceptable(link.attributes ?? {}) })
    return this
  }

  addLinks(links: readonly { readonly context: GivenSpanContext; readonly attributes?: Given }[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  /** OpenTelemetry's `SpanStatusCode`: 1 is fine, 2 an error. */
  setStatus(status: { readonly code: number; readonly message?: string }): this {
    if (this.#status === 'OK' || this.#ended) return this
    if (status.code === 1) this.#status = 'OK'
    if (status.code !== 2) return this
    this.#status = 'ERROR'
    return status.message === undefined ? this : this.setAttribute('exception.message', status.message)
  }

  updateName(name: string): this {
    if (!this.#ended) this.#name = name
    return this
  }

  recordException(exception: unknown, time?: GivenTime): void {
    const error = exception instanceof Error ? exception : new Error(String(exception))
    const attributes = {
      'exception.type': error.name,
      'exception.message': error.message,
      'exception.stacktrace': error.stack ?? '',
    }
    this.addEvent('exception', attributes, time)
  }

  isRecording(): boolean {
    return !this.#ended
  }

  end(_time?: GivenTime): void {
    this.#ended = true
  }

  get name(): string {
    return this.#name
  }

  get failed(): boolean {
    return this.#status === 'ERROR'
  }

  protected get facts(): Facts {
    return this.#facts
  }

  /** What was said of it, without anything classified. */
  protected read(redactor: Redactor): SpanDetail {
    const clean = (attributes: Attributes) => cleaned(attributes, redactor)
    return {
      attributes: clean(Object.fromEntries(this.#attributes)),
      events: this.#events.map(({ name, at, attributes }) => ({
        name: redactor.text(name),
        at,
        attributes: clean(attributes),
      })),
      links: this.#links.map((link) => ({ ...link, attributes: clean(link.attributes) })),
      dropped: this.#dropped === 0 ? undefined : this.#dropped,
    }
  }
}

/** The span of a served call. It ends when the call does, and its name is the operation's, whatever instrumentation says. */
export class CallSpan extends LiveSpan {
  readonly #scope: CallScope

  constructor(scope: CallScope) {
    super({ trace: scope.trace, name: scope.name, kind: 'server', start: 0 })
    this.#scope = scope
  }

  override updateName(): this {
    return this
  }

  override end(): void {}

  detail(): SpanDetail {
    return this.read(this.#scope.redactor)
  }
}

export interface OwnSpanOptions extends Facts {
  readonly telemetry: Telemetry | undefined
  /** The call that it belongs to. */
  readonly scope: CallScope | undefined
  readonly instrumentation: { readonly name: string; readonly version?: string | undefined }
}

/** A span that instrumentation began. */
export class OwnSpan extends LiveSpan {
  readonly #options: OwnSpanOptions

  constructor(options: OwnSpanOptions) {
    super(options)
    this.#options = options
  }

  override end(time?: GivenTime): void {
    if (!this.isRecording()) return
    super.end()
    const { telemetry, scope, instrumentation } = this.#options
    const redactor = scope?.redactor ?? withoutCall
    telemetry?.spans.write(this.#span(time, redactor, instrumentation), false)
  }

  #span(
    time: GivenTime | undefined,
    redactor: Redactor,
    instrumentation: OwnSpanOptions['instrumentation'],
  ): Span {
    const { trace, kind, start } = this.facts
    const { traceId, spanId, parentId, sampled } = trace
    return {
      traceId,
      spanId,
      parentId,
      name: redactor.text(this.name.slice(0, longestValue)),
      kind,
      start,
      durationMs: Math.max(0, millisecondsOf(time) - start),
      code: this.failed ? 'ERROR' : 'OK',
      failed: this.failed,
      sampled,
      detail: { ...this.read(redactor), scope: instrumentation },
    }
  }
}

/** Milliseconds since the epoch. */
export function millisecondsOf(time: GivenTime | undefined): number {
  if (time === undefined) return performance.timeOrigin + performance.now()
  if (time instanceof Date) return time.getTime()
  if (typeof time === 'number') return time < performance.timeOrigin ? performance.timeOrigin + time : time
  return time[0] * 1_000 + time[1] / 1e6
}

function isGivenTime(value: unknown): value is GivenTime {
  return typeof value === 'number' || value instanceof Date || Array.isArray(value)
}

function acceptable(given: Given): Attributes {
  const entries = Object.entries(given).slice(0, mostEntries)
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const read = attributeValue(value)
      return read === undefined ? [] : [[key, read]]
    }),
  )
}

function attributeValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string') return value.slice(0, longestValue)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (!Array.isArray(value)) return undefined
  return value.slice(0, mostEntries).flatMap((item) => {
    if (typeof item === 'string') return [item.slice(0, longestValue)]
    return typeof item === 'number' || typeof item === 'boolean' ? [String(item)] : []
  })
}

function cleaned(attributes: Attributes, redactor: Redactor): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      redactor.text(key),
      typeof value === 'object'
        ? value.map((item) => String(redactor.value(key, item)))
        : redactor.value(key, value),
    ]),
  )
}
