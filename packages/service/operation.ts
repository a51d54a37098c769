import { parseDuration } from '@plimsoll/base'
import {
  bodyOf,
  headOf,
  type Access,
  type Body,
  type DeclaredError,
  type Operation,
  type Priority,
  type Schema,
} from '@plimsoll/contract'
import type { ContextClass } from './context.ts'
import type { Permit } from './interceptors/authorise.ts'
import type { CheckedCall } from './interceptors/interceptor.ts'
import type { AnyService } from './service.ts'
import { runIn } from './telemetry/call-scope.ts'

type AnyHandler = AnyService['operations'][string]

/** One operation as a replica serves it. */
export interface ServedOperation {
  readonly name: string
  /** `pricing.quote` */
  readonly id: string
  readonly access: Access
  readonly scopes: readonly string[]
  readonly deadlineMs: number
  readonly priority: Priority
  /** Of the whole input, or of what comes before its body. */
  readonly input: Schema
  readonly inputBody: Body | undefined
  /** Not used where the output is a body. */
  readonly output: Schema
  readonly outputBody: Body | undefined
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
    priority: declaration.priority ?? 'normal',
    // An input that comes in pieces has its own time; what is asked of the answer begins after it.
    deadlineMs: bodyOf(declaration.input)?.longestMs ?? parseDuration(declaration.deadline),
    input: headOf(declaration.input),
    inputBody: bodyOf(declaration.input),
    output: headOf(declaration.output),
    outputBody: bodyOf(declaration.output),
    errors: new Map(Object.entries(declaration.errors ?? {})),
    carryOut(_permit, call) {
      call.scope.saw(this.input, 'input', call.input)
      return runIn(call.scope, handler, call.input as never, new Context(call) as never)
    },
  }
}

/** The end of the chain: the handler itself. What it throws is for the log; the caller learns that it failed. */
export function handle(call: CheckedCall): unknown {
  return call.operation.carryOut(call.permit, call)
}
