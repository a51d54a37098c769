import type { Graph } from '../graph.ts'
import type { ArchitectureOperation, Call } from '../model.ts'

/** A call that is tried again although doing it twice is not the same as doing it once. */
export interface UnsafeRetry {
  readonly call: Call
  readonly operation: ArchitectureOperation
  readonly attempts: number
}

/** Retried calls of operations that are known not to be idempotent. */
export function unsafeRetries(graph: Graph): readonly UnsafeRetry[] {
  return graph.architecture.calls.flatMap((call) => {
    const attempts = call.attempts?.value ?? 1
    if (attempts <= 1) return []
    const operation = graph.operation(call.to)
    const once = operation?.idempotent?.value === false && operation.safe?.value !== true
    return operation !== undefined && once ? [{ call, operation, attempts }] : []
  })
}
