import type { Identity } from '@plimsoll/identity'
import type { Answer } from '../answer.ts'
import type { Deadline } from '../deadline.ts'
import type { Logger } from '../log.ts'
import type { Admission } from '../resilience/load-shedder.ts'
import type { ServedOperation } from '../operation.ts'
import type { Caller, Subject } from '../service.ts'
import type { CallScope } from '../telemetry/call-scope.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Subjects } from '../subject.ts'
import type { Trace } from '../traceparent.ts'
import type { IncomingCall } from '../transport/transport.ts'
import type { Awaitable } from '../validation.ts'
import type { Snapshot } from '../workload/protocol.ts'
import type { Permit } from './authorise.ts'

/**
 * One thing that is done around every call. It answers itself, or hands on the call with what it found out. What it
 * needs of the ones before it stands in its type, so that the list cannot be put in another order. An answer that is there at
 * once is given at once.
 */
export type Interceptor<In, Out extends In, Inner = Answer, Outer = Answer> = (
  call: In,
  next: (call: Out) => Awaitable<Inner>,
) => Awaitable<Outer>

/** What a replica knows while it serves. */
export interface Serving {
  readonly service: string
  readonly identity: () => Identity
  readonly operations: ReadonlyMap<string, ServedOperation>
  readonly snapshot: () => Snapshot
  readonly subjects: Subjects
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly admission: Admission
}

/** A call as it arrived: proven is only the certificate of its connection. */
export interface ArrivedCall {
  readonly incoming: IncomingCall
  readonly serving: Serving
}

export interface TracedCall extends ArrivedCall {
  readonly trace: Trace
  /** What runs on behalf of the call finds it here. */
  readonly scope: CallScope
}

export interface AuthenticatedCall extends TracedCall {
  readonly caller: Caller
  readonly subject: Subject | undefined
}

export interface PermittedCall extends AuthenticatedCall {
  readonly operation: ServedOperation
  readonly permit: Permit
}

export interface TimedCall extends PermittedCall {
  readonly deadline: Deadline
}

export interface CheckedCall extends TimedCall {
  /** As the contract's schema reads it. */
  readonly input: unknown
}

/** A call with all that the interceptors will find out of it: one object for the whole way. */
export class ServedCall implements ArrivedCall {
  readonly incoming: IncomingCall
  readonly serving: Serving
  trace: Trace | undefined = undefined
  scope: CallScope | undefined = undefined
  caller: Caller | undefined = undefined
  subject: Subject | undefined = undefined
  operation: ServedOperation | undefined = undefined
  permit: Permit | undefined = undefined
  deadline: Deadline | undefined = undefined
  input: unknown = undefined

  constructor(incoming: IncomingCall, serving: Serving) {
    this.incoming = incoming
    this.serving = serving
  }
}

/**
 * The same call with what was found out: from here on its type says so. It is filled instead of copied, because each copy would cost
 * more than what the interceptor does.
 */
export function found<Call extends ArrivedCall, Facts extends object>(
  call: Call,
  facts: Facts,
): Call & Facts {
  return Object.assign(call, facts)
}
