import { randomHex, type Sample, type Trace } from '../traceparent.ts'
import { Durations, type Metric } from './metrics.ts'
import { processMetrics } from './process-metrics.ts'
import { ReleaseOutcomes } from './release-outcomes.ts'
import { sampleShare } from './sampling.ts'
import { SpanStore } from './span-store.ts'
import type { Attributes, Span } from './span.ts'

export interface TelemetryOptions {
  readonly service: string
  /** `pricing/0` */
  readonly instance: string
  /** Of the release. */
  readonly version?: string | undefined
  /** Share of the chains beginning here whose spans are exported, 0 to 1. Default 1. */
  readonly sampling?: number | undefined
  /** How many spans are remembered beside those that failed or were slow. Default 2,048. */
  readonly spans?: number | undefined
}

/** Who tells: OpenTelemetry's resource. */
export interface Resource {
  readonly service: string
  readonly instance: string
  readonly version?: string | undefined
}

/** What is known at the end of a span, beside when it began. */
export interface Ended extends Pick<
  Span,
  'name' | 'code' | 'failed' | 'status' | 'peer' | 'attempts' | 'leftMs' | 'detail'
> {
  readonly trace: Trace
}

/** Part of a call that this process plays. */
export type Role = 'served' | 'called' | 'requested' | 'fetched'

const kindOf = { served: 'server', called: 'client', requested: 'server', fetched: 'client' } as const
/** Above this share of its deadline a call is slow, whatever is usual. */
const slowShare = 0.5

/**
 * What one process has seen: its last spans, and how long its calls took. A call costs it no allocation that outlives the call, and it
 * never waits for anybody; whoever exports reads from here.
 */
export class Telemetry {
  readonly resource: Resource
  readonly spans: SpanStore
  /** What releases that run side by side did for calls of this process. */
  readonly releases = new ReleaseOutcomes()
  /** Spans that an exporter came too late for. */
  lost = 0
  #sample: Sample
  #retries = 0
  readonly #durations: Readonly<Record<Role, Durations>> = {
    served: new Durations(
      {
        name: 'rpc.server.call.duration',
        description: 'How long it took to serve a call',
        unit: 's',
      },
      rpcAttributes,
    ),
    called: new Durations(
      {
        name: 'rpc.client.call.duration',
        description: 'How long a call took, with all its attempts',
        unit: 's',
      },
      rpcAttributes,
    ),
    requested: new Durations(
      {
        name: 'http.server.request.duration',
        description: 'How long it took to answer a request',
        unit: 's',
      },
      (route, outcome) => ({ ...httpAttributes(route, outcome), 'url.scheme': 'https' }),
    ),
    fetched: new Durations(
      {
        name: 'http.client.request.duration',
        description: 'How long a request to an external took',
        unit: 's',
      },
      (target, outcome) => externalAttributes(target, outcome),
    ),
  }
  readonly #active: Record<Role, number> = { served: 0, called: 0, requested: 0, fetched: 0 }

  constructor(options: TelemetryOptions) {
    const { service, instance, version, sampling = 1, spans } = options
    this.resource = { service, instance, version }
    this.spans = new SpanStore(spans)
    this.#sample = sampleShare(sampling)
  }

  /** Share of the chains beginning here whose spans are exported. */
  set sampling(share: number) {
    this.#sample = sampleShare(share)
  }

  /** Decides on a chain that begins here. */
  readonly sample: Sample = (traceId) => this.#sample(traceId)

  /** Decides on a chain that somebody outside began, who is not to decide how much is exported, nor to guess it. */
  sampleForeign(): boolean {
    return this.#sample(randomHex(16))
  }

  /** @returns when it began, on the clock of `performance` */
  begin(role: Role): number {
    this.#active[role] += 1
    return performance.now()
  }

  /** Writes down what has ended. */
  end(role: Role, begun: number, ended: Ended): void {
    const durationMs = performance.now() - begun
    const { trace, name, code, failed, leftMs } = ended
    this.#active[role] -= 1
    if (ended.attempts !== undefined) this.#retries += Math.max(0, ended.attempts - 1)
    const unusual = this.#durations[role].record(name, failed ? `!${code}` : code, durationMs / 1_000)
    const late = leftMs !== undefined && durationMs > (durationMs + leftMs) * slowShare
    this.spans.write(
      {
        traceId: trace.traceId,
        spanId: trace.spanId,
        parentId: trace.parentId,
        name,
        kind: kindOf[role],
        start: performance.timeOrigin + begun,
        durationMs,
        code,
        failed,
        sampled: trace.sampled,
        status: ended.status,
        peer: ended.peer,
        attempts: ended.attempts,
        leftMs,
        detail: ended.detail,
      },
      unusual || late,
    )
  }

  /** Every metric, as it is now. */
  metrics(): readonly Metric[] {
    const durations = [...Object.values(this.#durations), this.releases]
      .map((one) => one.read())
      .filter(({ points }) => points.length > 0)
    return [...durations, ...this.#counts(), ...processMetrics()]
  }

  #counts(): readonly Metric[] {
    const { served, requested } = this.#active
    const active = (name: string, description: string, unit: string, value: number): Metric => ({
      name,
      description,
      unit,
      type: 'updowncounter',
      points: [{ attributes: {}, value }],
    })
    const total = (name: string, description: string, unit: string, value: number): Metric => ({
      ...active(name, description, unit, value),
      type: 'counter',
    })
    return [
      active('plimsoll.rpc.server.active_calls', 'Calls that are being served', '{call}', served),
      active('http.server.active_requests', 'Requests that are being answered', '{request}', requested),
      total('plimsoll.rpc.client.retries', 'Attempts beyond the first', '{attempt}', this.#retries),
      total('plimsoll.spans.recorded', 'Spans that were written down', '{span}', this.spans.written),
      total('plimsoll.spans.lost', 'Spans overwritten before they were exported', '{span}', this.lost),
    ]
  }
}

/** What the metrics of a call say (OpenTelemetry semantic conventions for RPC). */
function rpcAttributes(method: string, outcome: string): Attributes {
  const failed = outcome.startsWith('!')
  const code = failed ? outcome.slice(1) : outcome
  return {
    'rpc.system.name': 'plimsoll',
    'rpc.method': method,
    'rpc.response.status_code': code,
    ...(failed && { 'error.type': code }),
  }
}

/** What the metrics of a request say; its name is `GET /quotes/{sku}`, its code the status. */
function httpAttributes(name: string, outcome: string): Attributes {
  const failed = outcome.startsWith('!')
  const code = failed ? outcome.slice(1) : outcome
  const [method = '', route] = name.split(' ')
  const status = /^[1-5]\d\d$/.test(code) ? Number(code) : undefined
  return {
    'http.request.method': method,
    ...(route !== undefined && { 'http.route': route }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(failed && { 'error.type': code }),
  }
}

function externalAttributes(name: string, outcome: string): Attributes {
  const { 'http.route': external, ...attributes } = httpAttributes(name, outcome)
  return { ...attributes, ...(external !== undefined && { 'server.address': external }) }
}
