import type { Evidence } from '../../model.ts'
import { isObject } from '../field.ts'
import { plainText, spanIdOf, type Span, type SpanKind } from './span.ts'

const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']

/** Spans of one document of Jaeger's JSON (the answer of its query service, `{ "data": [trace…] }`), one after the other. */
export function* jaegerSpans(value: unknown, evidence: () => Evidence): Generator<Span> {
  for (const trace of listOf(isObject(value) ? value['data'] : undefined)) {
    if (!isObject(trace)) continue
    const processes = isObject(trace['processes']) ? trace['processes'] : {}
    for (const span of listOf(trace['spans'])) {
      const read = isObject(span) ? spanOf(span, processes, evidence) : undefined
      if (read !== undefined) yield read
    }
  }
}

function spanOf(
  span: Readonly<Record<string, unknown>>,
  processes: Readonly<Record<string, unknown>>,
  evidence: () => Evidence,
): Span | undefined {
  const id = spanIdOf(span['traceID'], span['spanID'])
  const process = typeof span['processID'] === 'string' ? processes[span['processID']] : undefined
  const service = isObject(process) ? process['serviceName'] : undefined
  const name = span['operationName']
  if (id === undefined || typeof service !== 'string' || typeof name !== 'string') return undefined
  const tags = listOf(span['tags'])
  const kind = tagOf(tags, ['span.kind'])
  return {
    id,
    causes: causesOf(span),
    service,
    name,
    kind: kinds.find((one) => one === kind) ?? 'internal',
    evidence,
    attribute: (...keys) => tagOf(tags, keys),
  }
}

/** References; before there were any, one parent. */
function causesOf(span: Readonly<Record<string, unknown>>): readonly string[] {
  const references = listOf(span['references']).map((reference) =>
    isObject(reference) ? spanIdOf(reference['traceID'], reference['spanID']) : undefined,
  )
  return [...references, spanIdOf(span['traceID'], span['parentSpanID'])].filter(
    (cause) => cause !== undefined,
  )
}

function tagOf(tags: readonly unknown[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = tags.find((tag) => isObject(tag) && tag['key'] === key)
    const text = isObject(found) ? plainText(found['value']) : undefined
    if (text !== undefined && text !== '') return text
  }
  return undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
