import type { DeclaredFailure } from './service.ts'

const made = new WeakSet<object>()

/** A declared error as a value, remembered as one. */
export function declaredFailure<const Code extends string, Data>(
  code: Code,
  data: Data,
): DeclaredFailure<Code, Data> {
  const failure: DeclaredFailure<Code, Data> = Object.freeze({ ok: false, code, data })
  made.add(failure)
  return failure
}

/**
 * What a handler returned, where it is a declared error: one that was made here, or a value of the same shape with a
 * code of the contract. Anything else is an output, even if it looks alike.
 */
export function asDeclaredFailure(
  result: unknown,
  declared: ReadonlyMap<string, unknown>,
): DeclaredFailure | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  const failure = result as Partial<DeclaredFailure>
  if (made.has(result)) return failure as DeclaredFailure
  const looksAlike = failure.ok === false && typeof failure.code === 'string' && declared.has(failure.code)
  return looksAlike && Object.keys(result).every((key) => shape.has(key))
    ? (failure as DeclaredFailure)
    : undefined
}

const shape = new Set(['ok', 'code', 'data'])
