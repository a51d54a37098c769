import type { Logger } from '../log.ts'
import type { ExportSettings } from './export-settings.ts'
import type { Metric } from './metrics.ts'
import { metricsRequest, tracesRequest, type OtlpJson, type Told } from './otlp.ts'
import { deliver } from './otlp-client.ts'
import type { Attributes, Span } from './span.ts'

/** What is new since it was asked before, of one process or of many. */
type Collect = (wanted: { readonly metrics: boolean }) => Promise<readonly Told[]>

export interface ExporterOptions {
  readonly settings: ExportSettings
  readonly collect: Collect
  readonly logger: Logger
  /** Pause before a second attempt. Default 1 s. */
  readonly firstPauseMs?: number
}

export interface Exporter {
  /** What became of the spans, by OpenTelemetry's names for an SDK's own metrics. */
  metrics(): readonly Metric[]
  /** Sends what is there, once and briefly, then ends. */
  close(): Promise<void>
}

const lastWordMs = 2_000
/** A receiver that is away is told of once in so many failures. */
const tellEvery = 20

/** Exports by OTLP over HTTP until it is closed. What does not find room while the receiver is slow or away is dropped and counted. */
export function startExporter(options: ExporterOptions): Exporter {
  const exporter = new Exporting(options)
  exporter.start()
  return exporter
}

class Exporting implements Exporter {
  readonly #options: ExporterOptions
  readonly #closing = new AbortController()
  readonly #counts = { exported: 0, full: 0, refused: 0 }
  #waiting: Told[] = []
  #size = 0
  #sending: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #metricsAt = 0
  #failures = 0

  constructor(options: ExporterOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setTimeout(
      () => void this.#round().finally(() => this.#closing.signal.aborted || this.start()),
      this.#options.settings.spansEveryMs,
    )
    this.#timer.unref()
  }

  metrics(): readonly Metric[] {
    const { exported, full, refused } = this.#counts
    const point = (value: number, error?: string) => ({
      attributes: {
        'otel.component.type': 'otlp_http_json_span_exporter',
        ...(error && { 'error.type': error }),
      } as Attributes,
      value,
    })
    return [
      {
        name: 'otel.sdk.exporter.span.exported',
        description: 'Spans whose export has ended, well or not',
        unit: '{span}',
        type: 'counter',
        points: [point(exported), point(full, 'queue_full'), point(refused, 'rejected')],
      },
    ]
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#closing.abort()
    await this.#sending
    const signal = AbortSignal.timeout(lastWordMs)
    this.#take(await this.#collect(true))
    await this.#sendAll(signal, 1)
  }

  /** Collects, and begins to send where nothing is being sent: a slow receiver delays no collecting. */
  async #round(): Promise<void> {
    const now = performance.now()
    const metrics = now - this.#metricsAt >= this.#options.settings.metricsEveryMs
    if (metrics) this.#metricsAt = now
    this.#take(await this.#collect(metrics))
    this.#sending ??= this.#sendAll(this.#closing.signal).finally(() => {
      this.#sending = undefined
    })
  }

  async #collect(metrics: boolean): Promise<readonly Told[]> {
    try {
      return await this.#options.collect({ metrics })
    } catch (thrown) {
      this.#options.logger.write('error', 'telemetry-not-collected', {
        reason: thrown instanceof Error ? thrown.name : 'Error',
      })
      return []
    }
  }

  /** Puts what is to be exported into the queue, and drops what has no room there. */
  #take(told: readonly Told[]): void {
    const { mostWaiting, mostInBatch } = this.#options.settings
    for (const one of told) {
      const sampled = one.spans.filter(({ sampled: wanted }) => wanted)
      const room = Math.max(0, mostWaiting - this.#size)
      this.#counts.full += Math.max(0, sampled.length - room)
      for (const spans of batches(sampled.slice(0, room), mostInBatch)) {
        this.#size += spans.length
        this.#waiting.push({ ...one, spans, metrics: [] })
      }
    }
    const metrics = told.filter((one) => one.metrics.length > 0).map((one) => ({ ...one, spans: [] }))
    if (metrics.length === 0) return
    // Sums are since the beginning: newer ones say all that older ones did.
    this.#waiting = this.#waiting.filter((one) => one.metrics.length === 0)
    this.#waiting.push(...metrics)
  }

  async #sendAll(signal: AbortSignal, attempts?: number): Promise<void> {
    while (this.#waiting.length > 0 && !signal.aborted) {
      const batch = this.#nextBatch()
      await this.#send(batch, signal, attempts)
    }
  }

  /** Spans of several processes in one request, up to the size of a batch; metrics all at once. */
  #nextBatch(): readonly Told[] {
    const [first] = this.#waiting
    if (first === undefined) return []
    if (first.metrics.length > 0) {
      const metrics = this.#waiting.filter((one) => one.metrics.length > 0)
      this.#waiting = this.#waiting.filter((one) => one.metrics.length === 0)
      return metrics
    }
    let size = 0
    const end = this.#waiting.findIndex((one) => {
      size += one.spans.length
      return one.metrics.length > 0 || size > this.#options.settings.mostInBatch
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }

  async #send(batch: readonly Told[], signal: AbortSignal, attempts?: number): Promise<void> {
    const { settings, firstPauseMs } = this.#options
    const spans = batch.reduce((sum, one) => sum + one.spans.length, 0)
    this.#size -= spans
    const isMetrics = batch.some((one) => one.metrics.length > 0)
    const url = isMetrics ? settings.metricsUrl : settings.tracesUrl
    if (url === undefined || batch.length === 0) return
    const body: OtlpJson = isMetrics
      ? metricsRequest(batch, Date.now(), settings.attributes)
      : tracesRequest(batch, settings.attributes)
    const { headers, timeoutMs } = settings
    const delivery = await deliver(url, body, {
      headers,
      timeoutMs,
      signal,
      ...(attempts !== undefined && { attempts }),
      ...(firstPauseMs !== undefined && { firstPauseMs }),
    })
    const rejected = delivery.kind === 'taken' ? delivery.rejected : spans
    if (!isMetrics) {
      this.#counts.refused += Math.min(spans, rejected)
      this.#counts.exported += spans - Math.min(spans, rejected)
    }
    if (delivery.kind === 'taken') this.#failures = 0
    else this.#tell(delivery.why)
  }

  #tell(why: string): void {
    if (this.#failures % tellEvery === 0)
      this.#options.logger.write('warn', 'telemetry-not-exported', {
        reason: why,
        failures: this.#failures + 1,
      })
    this.#failures += 1
  }
}

function batches(spans: readonly Span[], size: number): readonly (readonly Span[])[] {
  return Array.from({ length: Math.ceil(spans.length / size) }, (_, at) =>
    spans.slice(at * size, (at + 1) * size),
  )
}
