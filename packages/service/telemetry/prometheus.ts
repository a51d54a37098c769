import { durationBounds } from './histogram.ts'
import type { Metric, Point } from './metrics.ts'
import type { Attributes } from './span.ts'
import type { Told } from './otlp.ts'
import type { Resource } from './telemetry.ts'

/** Content type of Prometheus' text format. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

const units: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' }

/** What one process tells. */
type Teller = Pick<Told, 'resource' | 'metrics'>

/**
 * Metrics of one or more processes as Prometheus reads them (text format 0.0.4), with the names that OpenTelemetry's specification
 * "Prometheus and OpenMetrics Compatibility" gives them. Every sample says whose it is.
 */
export function prometheusText(tellers: readonly Teller[]): string {
  const families = new Map<string, Family>()
  for (const { resource, metrics } of tellers) {
    const labels = labelsOf(resource)
    add(families, 'target_info', targetOf(resource), {})
    for (const metric of metrics) add(families, nameOf(metric), metric, labels)
  }
  return [...families].map(([name, family]) => familyText(name, family)).join('')
}

interface Family {
  readonly metric: Metric
  readonly samples: string[]
}

/** The format wants all samples of a name together, whoever tells them. */
function add(families: Map<string, Family>, name: string, metric: Metric, labels: Attributes): void {
  const family = families.get(name) ?? { metric, samples: [] }
  families.set(name, family)
  for (const { attributes, value } of metric.points)
    family.samples.push(samples(name, { attributes: { ...labels, ...attributes }, value }))
}

function targetOf(resource: Resource): Metric {
  const { version } = resource
  const attributes = { ...labelsOf(resource), ...(version !== undefined && { 'service.version': version }) }
  return {
    name: 'target',
    description: 'Who tells',
    unit: '',
    type: 'gauge',
    points: [{ attributes, value: 1 }],
  }
}

function labelsOf({ service, instance }: Resource): Attributes {
  return { 'service.name': service, 'service.instance.id': instance }
}

function nameOf({ name, unit, type }: Metric): string {
  const base = name.replaceAll(/[^a-zA-Z0-9_:]/g, '_')
  const suffix = units[unit]
  // A gauge's ratio is one; a counter of dimension 1 is a count.
  const withUnit = suffix === undefined || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`
  return type === 'counter' ? `${withUnit}_total` : withUnit
}

function familyText(name: string, { metric, samples: lines }: Family): string {
  const kind = metric.type === 'updowncounter' ? 'gauge' : metric.type
  return `# HELP ${name} ${helpText(metric.description)}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

function samples(name: string, { attributes, value }: Point): string {
  if (typeof value === 'number') return `${name}${labels(attributes)} ${value}\n`
  let seen = 0
  const buckets = value.counts.map((count, at) => {
    seen += count
    const bound = durationBounds[at]
    return `${name}_bucket${labels({ ...attributes, le: bound === undefined ? '+Inf' : String(bound) })} ${seen}\n`
  })
  return `${buckets.join('')}${name}_sum${labels(attributes)} ${value.sum}\n${name}_count${labels(attributes)} ${value.count}\n`
}

function labels(attributes: Attributes): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => `${key.replaceAll(/[^a-zA-Z0-9_]/g, '_')}="${labelText(String(value))}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function helpText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`)
}

function labelText(text: string): string {
  return helpText(text).replaceAll('"', String.raw`\"`)
}
