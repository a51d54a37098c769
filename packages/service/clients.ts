import type { Json } from '@plimsoll/base'
import {
  bodyOf,
  callId,
  describeUses,
  headOf,
  isBody,
  type Body,
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
import type { CallOptions } from './service.ts'
import { activeScope, activeTrace } from './telemetry/call-scope.ts'
import type { Trace } from './traceparent.ts'
import { BodyCall } from './streams/client-body.ts'
import { afterwards, summaryOf, validate, validateSent, type Awaitable } from './validation.ts'

/** The call on whose behalf others are called. */
export interface OwnCall {
  /** `pricing.quote` */
  readonly operation: string
  readonly deadline: Deadline
  readonly trace: Trace
  /** The token about the subject, as it came. */
  readonly subject: string | undefined
  /** The consumer that it names. */
  readonly consumer?: string | undefined
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
  const { declaration } = operation
  if (isBody(declaration.input) || isBody(declaration.output))
    return bodyClient({ use, operation, errors, asValue }, options)
  const settle = (outcome: CallOutcome): Awaitable<unknown> =>
    outcome.ok ? valueOf(id, operation, outcome.output, asValue) : failureOf(id, errors, outcome)
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
          party: partyOf(own),
          trace: activeTrace(own.trace),
          ending: endingOf(own, callOptions),
        })
        .then((outcome) => (outcome.unfit === undefined ? settle(outcome) : compared(outcome, settle)))
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

interface Used {
  readonly use: OperationUse
  readonly operation: Operation
  readonly errors: ReadonlyMap<string, DeclaredError>
  readonly asValue: boolean
}

/** The client of an operation that takes or gives a stream or a file. */
function bodyClient(used: Used, options: ClientsOptions): OperationClient {
  const { use } = used
  const id = callId(use)
  const call = (own: OwnCall, input: unknown, given: CallOptions | undefined) =>
    callWithBody(used, options, { own, input, ending: endingOf(own, given) })
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

async function callWithBody(
  { use, operation, errors, asValue }: Used,
  { caller }: ClientsOptions,
  { own, input, ending }: { readonly own: OwnCall; readonly input: unknown; readonly ending: Ending },
): Promise<unknown> {
  const target = callId(use)
  const inputBody = bodyOf(operation.declaration.input)
  const outputBody = bodyOf(operation.declaration.output)
  const withinMs = own.deadline.remainingOfAll()
  const checked = await checkInput(target, operation, withoutBody(input, inputBody))
  const bodies = new BodyCall({ target, inputBody, outputBody, parent: ending, withinMs })
  let open = false
  try {
    const outcome = await caller.call({
      service: use.service,
      operation: use.operation,
      input: checked as Json,
      timeoutMs: inputBody?.longestMs ?? use.timeoutMs,
      attempts: inputBody === undefined ? use.attempts : 1,
      withinMs: own.deadline.remaining(),
      subject: own.subject,
      party: partyOf(own),
      trace: activeTrace(own.trace),
      ...bodies.request(input as Readonly<Record<string, unknown>>),
    })
    if (!outcome.ok) return await compared(outcome, () => failureOf(target, errors, outcome))
    if (outcome.body === undefined)
      return await compared(outcome, () => valueOf(target, operation, outcome.output, asValue))
    const output = bodies.output(outcome.body)
    open = true
    return asValue ? { ok: true, value: output } : output
  } catch (thrown) {
    throw bodies.failureOr(thrown)
  } finally {
    if (!open) bodies.close()
  }
}

/** What comes before the body of an input. */
function withoutBody(input: unknown, body: Body | undefined): unknown {
  if (body === undefined || typeof input !== 'object' || input === null) return input
  const member = body.kind === 'stream' ? 'items' : 'file'
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== member))
}

/** On whose behalf releases are compared: the consumer's, where there is one, wherever in the chain the call is. */
function partyOf({ consumer }: OwnCall): string | undefined {
  return consumer === undefined ? undefined : `consumer:${consumer}`
}

/** An answer that does not fit its contract counts against the release that gave it. */
async function compared<Outcome extends CallOutcome>(
  outcome: Outcome,
  settle: (outcome: Outcome) => Awaitable<unknown>,
): Promise<unknown> {
  try {
    return await settle(outcome)
  } catch (thrown) {
    outcome.unfit?.()
    throw thrown
  }
}

function endingOf({ deadline }: OwnCall, options: CallOptions | undefined): Ending {
  return options?.signal === undefined ? deadline : new SignalEnding(options.signal, deadline)
}

/** @throws {CallFailure} `INVALID_INPUT` */
function checkInput(id: string, { declaration }: Operation, input: unknown): Awaitable<unknown> {
  activeScope()?.saw(headOf(declaration.input), 'input', input)
  return afterwards(validateSent(headOf(declaration.input), input), (checked) => {
    if (checked.ok) return checked.value
    const message = `the input for ${id} does not fit its contract: ${summaryOf(checked.problems)}`
    throw new CallFailure('INVALID_INPUT', message, { target: id, problems: checked.problems })
  })
}

function valueOf(id: string, { declaration }: Operation, output: Json, asValue: boolean): Awaitable<unknown> {
  activeScope()?.saw(headOf(declaration.output), 'output', output)
  return afterwards(validate(headOf(declaration.output), output), (checked) => {
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
  activeScope()?.saw(declared.data, 'output', data)
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
    const reason = activeScope()?.redactor.text(thrown.message) ?? thrown.code
    const facts = { operation: own.operation, use: id, code: thrown.code, reason }
    options.logger.write('warn', 'optional-call-failed', facts, own.trace.traceId)
    return declaredFailure('UNAVAILABLE', undefined)
  }
}
