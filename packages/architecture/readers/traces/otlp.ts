import type { Evidence } from '../../model.ts'
import { isObject } from '../field.ts'
import { plainText, spanIdOf, type Span, type SpanKind } from './span.ts'

const kinds: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer']

/** Spans of one document of OTLP/JSON (OpenTelemetry protocol, `TracesData`), one after the other. */
export function* otlpSpans(value: unknown, evidence: () => Evidence): Generator<Span> {
  for (const resource of listAt(value, 'resourceSpans')) {
    const service = attributeOf(listAt(memberOf(resource, 'resource'), 'attributes'), ['service.name'])
    // The older names of `scopeSpans` are still in files.
    const scopes = ['scopeSpans', 'instrumentationLibrarySpans'].flatMap((key) => listAt(resource, key))
    for (const scope of scopes) {
      for (const span of listAt(scope, 'spans')) {
        const read = service === undefined ? undefined : spanOf(span, service, evidence)
        if (read !== undefined) yield read
      }
    }
  }
}

function spanOf(span: unknown, service: string, evidence: () => Evidence): Span | undefined {
  const id = spanIdOf(memberOf(span, 'traceId'), memberOf(span, 'spanId'))
  const name = memberOf(span, 'name')
  if (id === undefined || typeof name !== 'string') return undefined
  const attributes = listAt(span, 'attributes')
  const links = listAt(span, 'links').map((link) =>
    spanIdOf(memberOf(link, 'traceId'), memberOf(link, 'spanId')),
  )
  const parent = spanIdOf(memberOf(span, 'traceId'), memberOf(span, 'parentSpanId'))
  return {
    id,
    causes: [parent, ...links].filter((cause) => cause !== undefined),
    service,
    name,
    kind: kindOf(memberOf(span, 'kind')),
    evidence,
    attribute: (...keys) => attributeOf(attributes, keys),
  }
}

/** As a number, or as the name of the enumeration. */
function kindOf(kind: unknown): SpanKind {
  if (typeof kind === 'number') return kinds[kind] ?? 'internal'
  const name = typeof kind === 'string' ? kind.replace('SPAN_KIND_', '').toLowerCase() : ''
  return kinds.find((one) => one === name) ?? 'internal'
}

function attributeOf(attributes: readonly unknown[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = attributes.find((attribute) => memberOf(attribute, 'key') === key)
    const value = memberOf(found, 'value')
    if (!isObject(value)) continue
    const text = plainText(
      value['stringValue'] ?? value['intValue'] ?? value['doubleValue'] ?? value['boolValue'],
    )
    if (text !== undefined && text !== '') return text
  }
  return undefined
}

function memberOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key)
  return Array.isArray(list) ? list : []
}
