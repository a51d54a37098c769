import type { Json } from '@plimsoll/base'
import {
  callId,
  describeUses,
  type DeclaredError,
  type Operation,
  type OperationUse,
  type Uses,
} from '@plimsoll/contract'
import type { Caller, CallOutcome } from './caller.ts'
import { SignalEnding, type Deadline, type Ending } from './deadline.ts'
import { CallFailure } from './errors.ts'
import { createExternalFetch, type ExternalFetch } from './external.ts'
import { operationOf } from './implement.ts'
import type { Logger } from './log.ts'
import { declaredFailure } from './outcome.ts'
import type { CallOptions, Subject } from './service.ts'
import { formatTraceparent, type Trace } from './traceparent.ts'
import { afterwards, summaryOf, validate, type Awaitable } from './validation.ts'

/** The call on whose behalf others are called. */
export interface OwnCall {
  /** `pricing.quote` */
  readonly operation: string
  readonly deadline: Deadline
  readonly trace: Trace
  readonly subject: Subject | undefined
}

/** One declared call. */
export type ClientUse = OperationClient | ExternalClientUse

interface OperationClient {
  readonly kind: 'operation'
  readonly id: string
  readonly alias: string
  readonly name: string
  call(own: OwnCall, input: unknown, options: CallOptions | undefined): Promise<unknown>
}

interface ExternalClientUse {
  readonly kind: 'external'
  readonly id: string
  readonly alias: string
  readonly fetch: ExternalFetch
}

export interface ClientsOptions {
  readonly uses: Uses
  readonly caller: Caller
  readonly externals: Readonly<Record<string, { readonly url: string }>>
  readonly logger: Logger
}

/** Everything that a service may call, ready to be called. */
export function createClients(options: ClientsOptions): readonly ClientUse[] {
  return describeUses(options.uses).map((use) =>
    use.kind === 'operation'
      ? operationClient(use, findOperation(options.uses, use), options)
      : {
          kind: 'external',
          id: callId(use),
          alias: use.alias,
          fetch: createExternalFetch({
            use,
            url: Object.hasOwn(options.externals, use.external)
              ? options.externals[use.external]?.url
              : undefined,
          }),
        },
  )
}

function findOperation(uses: Uses, use: OperationUse): Operation {
  const list = uses[use.alias]
  const found = Array.isArray(list)
    ? (list as readonly Parameters<typeof operationOf>[0][])
        .map(operationOf)
        .find(({ name }) => name === use.operation)
    : undefined
  if (found === undefined) throw new TypeError(`${callId(use)} is not among the uses`)
  return found
}

function operationClient(use: OperationUse, operation: Operation, options: ClientsOptions): OperationClient {
  const id = callId(use)
  const errors = new Map(Object.entries(operation.declaration.errors ?? {}))
  const asValue = use.optional || errors.size > 0
  const call = (own: OwnCall, input: unknown, callOptions: CallOptions | undefined): Promise<unknown> => {
    const send = (checked: unknown) =>
      options.caller
        .call({
          service: use.service,
          operation: use.operation,
          input: checked as Json,
          timeoutMs: use.timeoutMs,
          attempts: use.attempts,
          withinMs: own.deadline.remaining(),
          subject: own.subject,
          traceparent: formatTraceparent(own.trace),
          ending: endingOf(own, callOptions),
        })
        .then((outcome) =>
          outcome.ok ? valueOf(id, operation, outcome.output, asValue) : failureOf(id, errors, outcome),
        )
    try {
      const checked = checkInput(id, operation, input)
      return checked instanceof Promise ? checked.then(send) : send(checked)
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }
  return {
    kind: 'operation',
    id,
    alias: use.alias,
    name: use.operation,
    call: use.optional
      ? (own, input, given) => optionally(call(own, input, given), { id, own, options })
      : call,
  }
}

function endingOf({ deadline }: OwnCall, options: CallOptions | undefined): Ending {
  return options?.signal === undefined ? deadline : new SignalEnding(options.signal, deadline)
}

/** @throws {CallFailure} `INVALID_INPUT` */
function checkInput(id: string, { declaration }: Operation, input: unknown): Awaitable<unknown> {
  return afterwards(validate(declaration.input, input), (checked) => {
    if (checked.ok) return checked.value
    const message = `the input for ${id} does not fit its contract: ${summaryOf(checked.problems)}`
    throw new CallFailure('INVALID_INPUT', message, { target: id, problems: checked.problems })
  })
}

function valueOf(id: string, { declaration }: Operation, output: Json, asValue: boolean): Awaitable<unknown> {
  return afterwards(validate(declaration.output, output), (checked) => {
    if (!checked.ok)
      throw invalidOutput(id, `the output does not fit its contract: ${summaryOf(checked.problems)}`)
    return asValue ? { ok: true, value: checked.value } : checked.value
  })
}

function failureOf(
  id: string,
  errors: ReadonlyMap<string, DeclaredError>,
  { code, data }: CallOutcome & { readonly ok: false },
): Awaitable<unknown> {
  const declared = errors.get(code)
  if (declared === undefined)
    throw invalidOutput(id, 'it answered with an error that the contract does not declare')
  if (declared.data === undefined) return declaredFailure(code, undefined)
  return afterwards(validate(declared.data, data), (checked) => {
    if (!checked.ok)
      throw invalidOutput(id, `the data of ${code} does not fit its contract: ${summaryOf(checked.problems)}`)
    return declaredFailure(code, checked.value)
  })
}

function invalidOutput(target: string, why: string): CallFailure {
  return new CallFailure('INVALID_OUTPUT', `${target}: ${why}`, { target })
}

/** The failure of an optional call is a value; it is written down, because nobody else will tell. */
async function optionally(
  result: Promise<unknown>,
  { id, own, options }: { readonly id: string; readonly own: OwnCall; readonly options: ClientsOptions },
): Promise<unknown> {
  try {
    return await result
  } catch (thrown) {
    if (!(thrown instanceof CallFailure)) throw thrown
    const facts = { operation: own.operation, use: id, code: thrown.code, reason: thrown.message }
    options.logger.write('warn', 'optional-call-failed', facts, own.trace.traceId)
    return declaredFailure('UNAVAILABLE', undefined)
  }
}
