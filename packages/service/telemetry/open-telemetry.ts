import { acceptableState, childOf, continueTrace, formatTraceparent, type Trace } from '../traceparent.ts'
import { activeContext, runIn, scopeOf } from './call-scope.ts'
import { LiveSpan, millisecondsOf, OwnSpan, type GivenSpanContext, type GivenTime } from './live-span.ts'
import { spanKey, type OpenContext } from './open-context.ts'
import type { SpanKind } from './span.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Version of `@opentelemetry/api` whose global this is. Copies of the package up to this minor version find it, in whatever bundle they
 * are: that is how the package itself finds what another copy registered.
 */
const apiVersion = '1.10.0'
const apiKey = Symbol.for('opentelemetry.js.api.1')

/** OpenTelemetry's `SpanOptions`. */
interface GivenOptions {
  readonly kind?: number | undefined
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
  readonly links?: readonly { readonly context: GivenSpanContext }[] | undefined
  readonly startTime?: GivenTime | undefined
  readonly root?: boolean | undefined
}

/** OpenTelemetry's `Context`, of whatever copy of its API. */
interface GivenContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): GivenContext
}

/** OpenTelemetry's `SpanKind`, by number. */
const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']

let outside: Telemetry | undefined

/**
 * Lets instrumentation that uses `@opentelemetry/api` join: the active span in a handler is the call's, spans that it begins are children of
 * it, and are exported with it. Another implementation that is registered already is left alone. It has to be there before a module asks for
 * its tracer.
 */
export function registerOpenTelemetry(): void {
  const holder = globalThis as { [apiKey]?: object }
  holder[apiKey] ??= Object.freeze({
    version: apiVersion,
    trace: { getTracer: (name: string, version?: string) => new Tracer(name, version) },
    context: contextManager,
    propagation: propagator,
  })
}

/** From now on this takes the spans that begin outside every call. */
export function takeOtherSpans(telemetry: Telemetry): void {
  outside = telemetry
}

class Tracer {
  readonly #instrumentation: { readonly name: string; readonly version?: string | undefined }

  constructor(name: string, version?: string) {
    this.#instrumentation = { name, version }
  }

  startSpan(name: string, options: GivenOptions = {}, context: GivenContext = activeContext()): OwnSpan {
    const scope = scopeOf(context)
    const telemetry = scope?.telemetry ?? outside
    const span = new OwnSpan({
      trace: placeOf(options.root === true ? undefined : context, telemetry),
      name,
      kind: kinds[options.kind ?? 0] ?? 'internal',
      start: millisecondsOf(options.startTime),
      telemetry,
      scope,
      instrumentation: this.#instrumentation,
    })
    return span.setAttributes(options.attributes ?? {}).addLinks(options.links ?? [])
  }

  startActiveSpan(name: string, ...given: readonly unknown[]): unknown {
    const run = given.at(-1) as (span: OwnSpan) => unknown
    const [options = {}, context = activeContext()] = given.slice(0, -1) as [GivenOptions?, GivenContext?]
    const span = this.startSpan(name, options, context)
    return contextManager.with(context.setValue(spanKey, span), () => run(span))
  }
}

/** A place in the chain of the context's span; a new chain where it has none. */
function placeOf(context: GivenContext | undefined, telemetry: Telemetry | undefined): Trace {
  const parent = spanContextOf(context)
  if (parent === undefined) return continueTrace(undefined, undefined, telemetry?.sample)
  const { traceId, spanId, traceFlags } = parent
  return childOf({ traceId, spanId, sampled: (traceFlags & 1) === 1 })
}

function spanContextOf(context: GivenContext | undefined): GivenSpanContext | undefined {
  const span = context?.getValue(spanKey) as { spanContext?: () => GivenSpanContext } | undefined
  return span?.spanContext?.()
}

/** Carries contexts along asynchronous work. */
const contextManager = {
  active: activeContext,
  with<R>(context: GivenContext, run: (...given: never[]) => R, self?: unknown, ...given: never[]): R {
    return runIn(context as OpenContext, () => run.apply(self, given))
  },
  bind<Target>(context: GivenContext, target: Target): Target {
    if (typeof target !== 'function') return target
    const run = target as unknown as (...given: never[]) => unknown
    const bound = function (this: unknown, ...given: never[]): unknown {
      return contextManager.with(context, run, this, ...given)
    }
    return bound as unknown as Target
  },
  enable: () => contextManager,
  disable: () => contextManager,
}

interface Setter {
  set(carrier: unknown, key: string, value: string): void
}
interface Getter {
  get(carrier: unknown, key: string): undefined | string | readonly string[]
}

/** W3C Trace Context in the headers of whatever else a handler calls. */
const propagator = {
  inject(context: GivenContext, carrier: unknown, setter: Setter): void {
    const span = spanContextOf(context)
    if (span === undefined) return
    const { traceId, spanId, traceFlags } = span
    setter.set(
      carrier,
      'traceparent',
      formatTraceparent({ traceId, spanId, sampled: (traceFlags & 1) === 1 }),
    )
  },
  extract(context: GivenContext, carrier: unknown, getter: Getter): GivenContext {
    const header = String(getter.get(carrier, 'traceparent') ?? '')
    const hop = continueTrace(header, acceptableState(String(getter.get(carrier, 'tracestate') ?? '')))
    if (hop.parentId === undefined) return context
    const trace = { ...hop, spanId: hop.parentId }
    const remote = new LiveSpan({ trace, name: '', kind: 'internal', start: 0 })
    remote.end()
    return context.setValue(spanKey, remote)
  },
  fields: () => ['traceparent', 'tracestate'],
}
