import { InvalidInput, type Problem } from '@plimsoll/base'
import type { Attributes } from './span.ts'

/** Where spans and metrics go, and how much of them may wait. Times in milliseconds. */
export interface ExportSettings {
  /** Undefined where spans are not exported. */
  readonly tracesUrl: string | undefined
  readonly metricsUrl: string | undefined
  /** Such as the key of a vendor; they are never written down. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly spansEveryMs: number
  readonly metricsEveryMs: number
  readonly mostWaiting: number
  readonly mostInBatch: number
  readonly attributes: Attributes
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The settings of OpenTelemetry's specification ("OpenTelemetry Environment Variable Specification", "OpenTelemetry Protocol Exporter"), as the
 * environment has them; undefined where nothing is to be exported.
 * @param endpoint counts where the environment names none
 * @throws {InvalidInput} `TELEMETRY` naming the variable, and not its value
 */
export function exportSettings(environment: Environment, endpoint?: string): ExportSettings | undefined {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined
  const reading = new Reading(environment)
  const base = reading.url('OTEL_EXPORTER_OTLP_ENDPOINT') ?? endpoint
  const urlOf = (signal: 'TRACES' | 'METRICS', path: string): string | undefined => {
    if (environment[`OTEL_${signal}_EXPORTER`] === 'none') return undefined
    const own = reading.url(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)
    return own ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}${path}`)
  }
  const settings: ExportSettings = {
    tracesUrl: urlOf('TRACES', '/v1/traces'),
    metricsUrl: urlOf('METRICS', '/v1/metrics'),
    headers: reading.pairs('OTEL_EXPORTER_OTLP_HEADERS'),
    timeoutMs: reading.number('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000),
    spansEveryMs: reading.number('OTEL_BSP_SCHEDULE_DELAY', 1_000),
    metricsEveryMs: reading.number('OTEL_METRIC_EXPORT_INTERVAL', 60_000),
    mostWaiting: reading.number('OTEL_BSP_MAX_QUEUE_SIZE', 8_192),
    mostInBatch: reading.number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
    attributes: reading.pairs('OTEL_RESOURCE_ATTRIBUTES'),
  }
  reading.protocol()
  const [problem, ...others] = reading.problems
  if (problem !== undefined) throw new InvalidInput<'TELEMETRY'>('TELEMETRY', [problem, ...others])
  return settings.tracesUrl === undefined && settings.metricsUrl === undefined ? undefined : settings
}

/**
 * The share of chains that are sampled, where the environment says (`OTEL_TRACES_SAMPLER`); undefined where it does not. Every sampler here
 * follows its parent, so `traceidratio` and `parentbased_traceidratio` are one.
 * @throws {InvalidInput} `TELEMETRY`
 */
export function samplingOf(environment: Environment): number | undefined {
  const sampler = environment['OTEL_TRACES_SAMPLER']?.replace(/^parentbased_/, '')
  if (sampler === undefined || sampler === '') return undefined
  if (sampler === 'always_on') return 1
  if (sampler === 'always_off') return 0
  const share = Number(environment['OTEL_TRACES_SAMPLER_ARG'] ?? '1')
  if (sampler === 'traceidratio' && share >= 0 && share <= 1) return share
  const problem: Problem = {
    message: 'the sampler is not known, or its share is not one',
    place: { field: 'OTEL_TRACES_SAMPLER' },
    fix: 'use always_on, always_off or traceidratio, with OTEL_TRACES_SAMPLER_ARG from 0 to 1',
  }
  throw new InvalidInput<'TELEMETRY'>('TELEMETRY', [problem])
}

/** Reads variables, and gathers what is wrong with them. Their values may be secret, and are not told. */
class Reading {
  readonly problems: Problem[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  url(name: string): string | undefined {
    const text = this.#environment[name]
    if (text === undefined || text === '') return undefined
    const url = URL.parse(text)
    if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '') return text
    this.#add(
      name,
      'this is no address',
      'give an http or https URL without a name, such as http://127.0.0.1:4318',
    )
    return undefined
  }

  number(name: string, otherwise: number): number {
    const text = this.#environment[name]
    if (text === undefined || text === '') return otherwise
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
    this.#add(name, 'this is no number', 'give a whole number above 0')
    return otherwise
  }

  /** `key=value,key=value`, percent-encoded (W3C Baggage). */
  pairs(name: string): Readonly<Record<string, string>> {
    const parts = (this.#environment[name] ?? '').split(',').filter((part) => part.trim() !== '')
    try {
      return Object.fromEntries(
        parts.map((part) => {
          const [, key, value] = /^\s*([!-+\--<>-~]+?)\s*=\s*(.*?)\s*$/.exec(part) ?? []
          if (key === undefined || value === undefined) throw new Error('no pair')
          return [decodeURIComponent(key), decodeURIComponent(value)]
        }),
      )
    } catch {
      this.#add(
        name,
        'this is no list of key=value',
        'separate pairs by commas, and percent-encode what is special',
      )
      return {}
    }
  }

  protocol(): void {
    const name = 'OTEL_EXPORTER_OTLP_PROTOCOL'
    const protocol = this.#environment[name]
    if (protocol === undefined || ['', 'http/json', 'http/protobuf'].includes(protocol)) return
    this.#add(
      name,
      'only OTLP over HTTP is spoken',
      'use http/json, and the port for HTTP, which is mostly 4318',
    )
  }

  #add(field: string, message: string, fix: string): void {
    this.problems.push({ message, place: { field }, fix })
  }
}
