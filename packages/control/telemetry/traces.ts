import type { OwnedSpan } from './fleet-telemetry.ts'

/** Which traces somebody wants to see. */
export interface TracesWanted {
  /** The beginning of a trace id. */
  readonly trace?: string | undefined
  readonly service?: string | undefined
  readonly only?: 'errors' | 'slow' | undefined
  readonly most: number
}

export interface FoundTrace {
  readonly traceId: string
  /** The earliest first. */
  readonly spans: readonly OwnedSpan[]
}

/** Spans that an answer holds at most, of all traces together and of one. */
const mostSpans = 1_200
const mostOfTrace = 400
const refusals: ReadonlySet<string> = new Set(['REFUSED', 'INVALID_INPUT', 'CANCELLED'])

/** The traces that are wanted: the newest first, or the slowest. */
export function selectTraces(spans: readonly OwnedSpan[], wanted: TracesWanted): readonly FoundTrace[] {
  const traces = [...Map.groupBy(spans, ({ traceId }) => traceId)]
    .map(([traceId, own]) => ({
      traceId,
      spans: own.toSorted((a, b) => a.start - b.start).slice(0, mostOfTrace),
    }))
    .filter((trace) => fits(trace, wanted))
  const order = wanted.only === 'slow' ? byDuration : byStart
  return withinBound(traces.toSorted(order).slice(0, wanted.most))
}

function fits({ traceId, spans }: FoundTrace, { trace, service, only }: TracesWanted): boolean {
  if (trace !== undefined && !traceId.startsWith(trace)) return false
  if (service !== undefined && !spans.some((span) => span.service === service)) return false
  return only !== 'errors' || spans.some(isError)
}

function isError({ failed, code, status = 0 }: OwnedSpan): boolean {
  return failed || refusals.has(code) || status >= 400
}

/** From the beginning of its first span to the end of its last. */
export function durationOf({ spans }: FoundTrace): number {
  const [first] = spans
  return Math.max(0, ...spans.map(({ start, durationMs }) => start + durationMs - (first?.start ?? 0)))
}

function byDuration(a: FoundTrace, b: FoundTrace): number {
  return durationOf(b) - durationOf(a)
}

function byStart(a: FoundTrace, b: FoundTrace): number {
  return (b.spans[0]?.start ?? 0) - (a.spans[0]?.start ?? 0)
}

function withinBound(traces: readonly FoundTrace[]): readonly FoundTrace[] {
  let size = 0
  return traces.filter(({ spans }, at) => {
    size += spans.length
    return at === 0 || size <= mostSpans
  })
}
