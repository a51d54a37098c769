import type { Evidence } from '../../model.ts'

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** One span, as far as it is asked for here. Never kept: a file may have a million of them. */
export interface Span {
  /** Trace and span together: unique. */
  readonly id: string
  /** Of the span that caused it, and of those that it is linked to. */
  readonly causes: readonly string[]
  readonly service: string
  readonly name: string
  readonly kind: SpanKind
  /** Where it stands. Asked for only where something is seen for the first time: looking places up takes longer than reading. */
  readonly evidence: () => Evidence
  /** Text of the first of the attributes that is there. */
  attribute(...keys: readonly string[]): string | undefined
}

export function spanIdOf(trace: unknown, span: unknown): string | undefined {
  return typeof trace === 'string' && typeof span === 'string' && span !== '' ? `${trace}/${span}` : undefined
}

/** The text of an attribute's value; undefined for what is no plain value. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.slice(0, 1_000)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
