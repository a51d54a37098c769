import { AsyncLocalStorage } from 'node:async_hooks'
import { isClassified, wireSchemaOf, type JsonSchema, type Schema } from '@plimsoll/contract'
import type { Trace } from '../traceparent.ts'
import { CallSpan } from './live-span.ts'
import { OpenContext, scopeKey, spanKey } from './open-context.ts'
import { Redactor, withoutCall, type Seen } from './redaction.ts'
import type { SpanDetail } from './span.ts'
import type { Telemetry } from './telemetry.ts'

/** Values of one call that are remembered to be kept out of what is written down. */
const mostSeen = 64

/** A served call, as whatever runs on its behalf finds it. Costs a call one small object; the rest is made where it is asked for. */
export class CallScope {
  readonly trace: Trace
  readonly telemetry: Telemetry
  readonly name: string
  #seen: Seen[] | undefined
  #forgot = false
  #redactor: Redactor | undefined
  #span: CallSpan | undefined
  #context: OpenContext | undefined

  constructor(trace: Trace, telemetry: Telemetry, name: string) {
    this.trace = trace
    this.telemetry = telemetry
    this.name = name
  }

  /** Remembers a value that may have classified parts. */
  saw(schema: Schema | undefined, side: 'input' | 'output', value: unknown): void {
    const classified = schema === undefined ? undefined : classifiedSchema(schema, side)
    if (classified === undefined) return
    this.#redactor = undefined
    this.#seen ??= []
    if (this.#seen.length < mostSeen) this.#seen.push({ schema: classified, value })
    else this.#forgot = true
  }

  /** Keeps what the call has seen so far out of a text. */
  get redactor(): Redactor {
    if (this.#forgot) return nothingShown
    return (this.#redactor ??= this.#seen === undefined ? withoutCall : new Redactor(this.#seen))
  }

  /** The span of the call, for instrumentation that adds to it. */
  get span(): CallSpan {
    return (this.#span ??= new CallSpan(this))
  }

  /** The call as OpenTelemetry's context. */
  get context(): OpenContext {
    return (this.#context ??= OpenContext.root.setValue(spanKey, this.span).setValue(scopeKey, this))
  }

  /** What instrumentation added to the call's span. */
  detail(): SpanDetail | undefined {
    return this.#span?.detail()
  }
}

const nothingShown = new Redactor([{ schema: { 'x-data-class': 'secret' }, value: 'x'.repeat(1_048_576) }])

/** What runs now: a call, or a context that instrumentation made within one. */
const running = new AsyncLocalStorage<CallScope | OpenContext>()

/** Runs something on behalf of a call. */
export function runIn<R, Given extends readonly unknown[]>(
  scope: CallScope | OpenContext,
  run: (...given: Given) => R,
  ...given: Given
): R {
  return running.run<R, [...Given]>(scope, run, ...given)
}

/** The context in which the running code is. */
export function activeContext(): OpenContext {
  const store = running.getStore()
  return store instanceof CallScope ? store.context : (store ?? OpenContext.root)
}

/** The call on whose behalf the running code runs; undefined where there is none. */
export function activeScope(): CallScope | undefined {
  const store = running.getStore()
  return store === undefined || store instanceof CallScope ? store : scopeOf(store)
}

/** The call that a context was made within. */
export function scopeOf(context: { getValue(key: symbol): unknown }): CallScope | undefined {
  const scope = context.getValue(scopeKey)
  return scope instanceof CallScope ? scope : undefined
}

/** Where in the chain the running code is: within a span that instrumentation made, or the given place. */
export function activeTrace(otherwise: Trace): Trace {
  const store = running.getStore()
  if (store === undefined || store instanceof CallScope) return otherwise
  const span = store.getValue(spanKey) as
    | { spanContext?: () => { traceId: string; spanId: string; traceFlags: number } }
    | undefined
  const context = span?.spanContext?.()
  if (context === undefined || context.traceId !== otherwise.traceId) return otherwise
  return { ...otherwise, spanId: context.spanId, sampled: (context.traceFlags & 1) === 1 }
}

/** What is kept out of a text about the running call. */
export function activeRedactor(): Redactor {
  return activeScope()?.redactor ?? withoutCall
}

const known = {
  input: new WeakMap<Schema, JsonSchema | null>(),
  output: new WeakMap<Schema, JsonSchema | null>(),
}

/** The JSON Schema of one side, where it classifies anything. */
function classifiedSchema(schema: Schema, side: 'input' | 'output'): JsonSchema | undefined {
  let found = known[side].get(schema)
  if (found === undefined) {
    const json = wireSchemaOf(schema, side)
    found = isClassified(json) ? json : null
    known[side].set(schema, found)
  }
  return found ?? undefined
}
