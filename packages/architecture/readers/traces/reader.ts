import type { Evidence } from '../../model.ts'
import type { SourceDocument } from '../document.ts'
import { isObject, Notes } from '../field.ts'
import type { Reader } from '../reader.ts'
import { graphOfSpans } from './graph.ts'
import { jaegerSpans } from './jaeger.ts'
import { otlpSpans } from './otlp.ts'
import type { Span } from './span.ts'

type SpansOf = (value: unknown, evidence: () => Evidence) => Iterable<Span>

/** Reads traces in OTLP/JSON: what services were seen to call. All files are one observation: a trace may be spread over them. */
export const otlpReader: Reader = {
  format: 'otlp',
  recognises: ({ value }) => isObject(value) && Array.isArray(value['resourceSpans']),
  read: (documents) => partOf(documents, otlpSpans),
}

/** Reads traces in the JSON of Jaeger's query service. */
export const jaegerReader: Reader = {
  format: 'jaeger',
  recognises: ({ value }) =>
    isObject(value) &&
    Array.isArray(value['data']) &&
    value['data'].some((trace) => isObject(trace) && Array.isArray(trace['spans'])),
  read: (documents) => partOf(documents, jaegerSpans),
}

function partOf(documents: readonly SourceDocument[], spansOf: SpansOf): ReturnType<Reader['read']> {
  return graphOfSpans(() => allSpans(documents, spansOf), new Notes())
}

function* allSpans(documents: readonly SourceDocument[], spansOf: SpansOf): Generator<Span> {
  for (const document of documents) {
    let found: Evidence | undefined
    const evidence = (): Evidence => (found ??= { ...document.place([]), how: 'observed' })
    yield* spansOf(document.value, evidence)
  }
}
