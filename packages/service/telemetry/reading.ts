import type { Told } from './otlp.ts'
import type { Telemetry } from './telemetry.ts'

/** What of a process's telemetry somebody wants to have. */
export interface Wanted {
  /** Spans since a cursor; everything that is remembered where undefined. */
  readonly since?: number | undefined
  readonly metrics: boolean
}

/** What a process tells, and where to go on next time. */
export interface Read extends Told {
  readonly next: number
  readonly lost: number
}

const began = performance.timeOrigin

/** Reads telemetry without changing it, but for counting what the reader came too late for. */
export function readTelemetry(telemetry: Telemetry, { since, metrics }: Wanted): Read {
  const next = telemetry.spans.written
  const { spans, lost } =
    since === undefined ? { spans: telemetry.spans.all(), lost: 0 } : telemetry.spans.since(since)
  telemetry.lost += lost
  const { resource } = telemetry
  return { resource, spans, lost, next, since: began, metrics: metrics ? telemetry.metrics() : [] }
}
