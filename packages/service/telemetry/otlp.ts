import { durationBounds } from './histogram.ts'
import type { Metric, Point } from './metrics.ts'
import type { Attributes, AttributeValue, Span, SpanKind } from './span.ts'
import type { Resource } from './telemetry.ts'

/**
 * OTLP 1.x in its JSON encoding (OpenTelemetry Protocol Specification, "JSON Protobuf Encoding"): ids in hexadecimal, 64-bit numbers as
 * texts, enumerations as numbers.
 */
export type OtlpJson = { readonly [member: string]: unknown }

const scope = { name: 'plimsoll' }
/** Conventions that the names follow. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0'
const spanKinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
}
const statusError = 2
const cumulative = 2
const nothing = { counts: [], count: 0, sum: 0 }
/** `SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK`, and that the parent is remote. */
const knownRemote = 0x100
const remote = 0x200

/** What one process tells at one moment. */
export interface Told {
  readonly resource: Resource
  readonly spans: readonly Span[]
  readonly metrics: readonly Metric[]
  /** When its process began, milliseconds since the epoch: from here its sums count. */
  readonly since: number
}

/** Body of a request to `/v1/traces`. */
export function tracesRequest(told: readonly Told[], more: Attributes = {}): OtlpJson {
  return {
    resourceSpans: told
      .filter(({ spans }) => spans.length > 0)
      .map(({ resource, spans }) => ({
        resource: resourceOf(resource, more),
        scopeSpans: [...Map.groupBy(spans, ({ detail }) => detail?.scope?.name ?? '')].map(([, group]) => ({
          scope: group[0]?.detail?.scope ?? scope,
          spans: group.map((span) => spanOf(span)),
          schemaUrl,
        })),
        schemaUrl,
      })),
  }
}

/** Body of a request to `/v1/metrics`. */
export function metricsRequest(told: readonly Told[], at: number, more: Attributes = {}): OtlpJson {
  return {
    resourceMetrics: told
      .filter(({ metrics }) => metrics.length > 0)
      .map(({ resource, metrics, since }) => ({
        resource: resourceOf(resource, more),
        scopeMetrics: [{ scope, metrics: metrics.map((metric) => metricOf(metric, since, at)), schemaUrl }],
        schemaUrl,
      })),
  }
}

function resourceOf({ service, instance, version }: Resource, more: Attributes): OtlpJson {
  return {
    attributes: attributesOf({
      ...more,
      'service.name': service,
      'service.instance.id': instance,
      ...(version !== undefined && { 'service.version': version }),
      'telemetry.sdk.name': 'plimsoll',
      'telemetry.sdk.language': 'nodejs',
    }),
  }
}

function spanOf(span: Span): OtlpJson {
  const { traceId, spanId, parentId, name, kind, start, durationMs, detail, failed, sampled } = span
  const isRemote = kind === 'server' || kind === 'consumer'
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    flags: (sampled ? 1 : 0) | knownRemote | (isRemote ? remote : 0),
    name,
    kind: spanKinds[kind],
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + durationMs),
    attributes: attributesOf(spanAttributes(span)),
    events: detail?.events?.map(({ name: event, at, attributes }) => ({
      name: event,
      timeUnixNano: nanoseconds(at),
      attributes: attributesOf(attributes),
    })),
    links: detail?.links?.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link.attributes),
    })),
    ...(detail?.dropped !== undefined && { droppedAttributesCount: detail.dropped }),
    status: failed ? { code: statusError } : {},
  }
}

/** What a span says, by the names of the semantic conventions for RPC and HTTP. */
export function spanAttributes(span: Span): Attributes {
  const { kind, name, detail } = span
  const ours = detail?.scope === undefined && (kind === 'server' || kind === 'client')
  if (!ours) return { ...detail?.attributes }
  const isHttp = name.includes(' ') || span.status !== undefined
  return { ...(isHttp ? httpAttributes(span) : rpcAttributes(span)), ...limits(span), ...detail?.attributes }
}

function rpcAttributes({ kind, name, code, failed, peer }: Span): Attributes {
  return {
    'rpc.system.name': 'plimsoll',
    'rpc.method': name,
    'rpc.response.status_code': code,
    ...(failed && { 'error.type': code }),
    ...(kind === 'client' && { 'server.address': name.split('.', 1)[0] ?? name }),
    ...(peer !== undefined && { [kind === 'server' ? 'plimsoll.caller' : 'network.peer.address']: peer }),
  }
}

/** Its name is `GET /quotes/{sku}`, or the method and the name of an external. */
function httpAttributes({ kind, name, code, failed, status }: Span): Attributes {
  const [method = '', target] = name.split(' ')
  return {
    'http.request.method': method,
    ...(kind === 'server' && { 'url.scheme': 'https' }),
    ...(target !== undefined && { [kind === 'server' ? 'http.route' : 'server.address']: target }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(failed && { 'error.type': code }),
  }
}

function limits({ attempts, leftMs }: Span): Attributes {
  return {
    ...(attempts !== undefined && { 'plimsoll.attempts': attempts }),
    ...(leftMs !== undefined && { 'plimsoll.deadline.left': leftMs / 1_000 }),
  }
}

function metricOf({ name, description, unit, type, points }: Metric, since: number, at: number): OtlpJson {
  const times = { startTimeUnixNano: nanoseconds(since), timeUnixNano: nanoseconds(at) }
  const data = { name, description, unit }
  if (type === 'histogram')
    return {
      ...data,
      histogram: {
        aggregationTemporality: cumulative,
        dataPoints: points.map((point) => ({ ...times, ...histogramPoint(point) })),
      },
    }
  const dataPoints = points.map(({ attributes, value }) => ({
    ...times,
    attributes: attributesOf(attributes),
    asDouble: Number(value),
  }))
  if (type === 'gauge') return { ...data, gauge: { dataPoints } }
  return {
    ...data,
    sum: { aggregationTemporality: cumulative, isMonotonic: type === 'counter', dataPoints },
  }
}

function histogramPoint({ attributes, value }: Point): OtlpJson {
  const { counts, count, sum } = typeof value === 'number' ? nothing : value
  return {
    attributes: attributesOf(attributes),
    count: String(count),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: durationBounds,
  }
}

function attributesOf(attributes: Attributes): readonly OtlpJson[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value: AttributeValue): OtlpJson {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map(valueOf) } }
}

/** Milliseconds since the epoch as nanoseconds; the fraction is kept, the rest is beyond a double. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6)))
}
