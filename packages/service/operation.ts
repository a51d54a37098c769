import { parseDuration } from '@plimsoll/base'
import type { Access, DeclaredError, Operation, Schema } from '@plimsoll/contract'
import type { ContextClass } from './context.ts'
import type { Permit } from './interceptors/authorise.ts'
import type { CheckedCall } from './interceptors/interceptor.ts'
import type { AnyService } from './service.ts'

type AnyHandler = AnyService['operations'][string]

/** One operation as a replica serves it. */
export interface ServedOperation {
  readonly name: string
  /** `pricing.quote` */
  readonly id: string
  readonly access: Access
  readonly scopes: readonly string[]
  readonly deadlineMs: number
  readonly input: Schema
  readonly output: Schema
  readonly errors: ReadonlyMap<string, DeclaredError>
  /** Carries the operation out; nothing does without a permit. */
  carryOut(permit: Permit, call: CheckedCall): unknown
}

export function serveOperation(
  operation: Operation,
  handler: AnyHandler,
  Context: ContextClass,
): ServedOperation {
  const { service, name, declaration } = operation
  return {
    name,
    id: `${service}.${name}`,
    access: declaration.access,
    scopes: declaration.scopes ?? [],
    deadlineMs: parseDuration(declaration.deadline),
    input: declaration.input,
    output: declaration.output,
    errors: new Map(Object.entries(declaration.errors ?? {})),
    carryOut: (_permit, call) => handler(call.input as never, new Context(call) as never),
  }
}

/** The end of the chain: the handler itself. What it throws is for the log; the caller learns that it failed. */
export function handle(call: CheckedCall): unknown {
  return call.operation.carryOut(call.permit, call)
}
