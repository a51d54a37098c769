import type { Json } from '@plimsoll/base'
import type { OperationDocument } from '@plimsoll/contract'
import {
  CallFailure,
  type CallFailureCode,
  type CallOutcome,
  type OperationCaller,
  type OutgoingBody,
  type Trace,
} from '@plimsoll/service'
import { bodyAnswer, declaredErrorAnswer, jsonAnswer, type Answer } from './answer.ts'
import { answerBody } from './bodies.ts'
import { GatewayRefusal, type RefusalCode } from './errors.ts'
import type { Route } from './routes.ts'

/** What the gateway needs of `createCaller`. */
export type ForwardingCaller = Pick<OperationCaller, 'call'>

/** A request that may be passed on. */
export interface Forwarded {
  readonly route: Route
  readonly input: Json
  /** What goes beside the input, where the operation takes a stream or a file. */
  readonly body: OutgoingBody | undefined
  /** The token about the consumer on whose behalf it is; nothing for a public operation without a key. */
  readonly subject: string | undefined
  /** Who asks; nothing for a public operation without a key. */
  readonly consumer?: string | undefined
  readonly trace: Trace
  readonly signal: AbortSignal
}

const recorded = 'The failure is recorded.'

/** What the consumer learns of a failed call; the rest is in the log. */
const refusals: Readonly<Record<CallFailureCode, readonly [code: RefusalCode, detail: string]>> = {
  DEADLINE_EXCEEDED: ['DEADLINE_EXCEEDED', 'The deadline of the operation has passed.'],
  UNAVAILABLE: ['UNAVAILABLE', 'Try again in a moment.'],
  INVALID_INPUT: ['INVALID_INPUT', 'The service does not accept the input.'],
  REFUSED: ['SERVICE_FAILED', recorded],
  INVALID_OUTPUT: ['SERVICE_FAILED', recorded],
  INTERNAL: ['SERVICE_FAILED', recorded],
  CANCELLED: ['SERVICE_FAILED', recorded],
}

/**
 * Calls the service within the operation's deadline, once: attempts are the callers' to declare, and the gateway
 * declares none, so that it multiplies nobody's retries.
 * @throws {GatewayRefusal} for every way in which a call can fail that the contract does not declare
 */
export async function forward(caller: ForwardingCaller, forwarded: Forwarded): Promise<Answer> {
  const { route, input, body, subject, consumer, trace, signal } = forwarded
  try {
    const result = await caller.call({
      service: route.service,
      operation: route.name,
      input,
      body,
      ...timesOf(route.operation),
      trace,
      signal,
      subject,
      party: consumer === undefined ? 'anonymous' : `consumer:${consumer}`,
    })
    if (result.ok) return outputAnswer(route.operation, result, signal)
    const declared = route.operation.errors[result.code]
    if (declared !== undefined) return declaredErrorAnswer({ ...result, status: declared.status })
    result.unfit?.()
  } catch (thrown) {
    throw thrown instanceof CallFailure ? refusalOf(thrown) : thrown
  }
  // What the contract does not declare, no consumer can have prepared for.
  throw new GatewayRefusal('SERVICE_FAILED', recorded)
}

/** An input that comes in pieces has its own time; of a stream that comes back, the deadline is that of its beginning. */
function timesOf({ inputBody, outputBody, deadlineMs }: OperationDocument) {
  return {
    timeoutMs: inputBody?.longestMs ?? deadlineMs,
    wholeMs: (outputBody ?? inputBody)?.longestMs,
  }
}

function outputAnswer(
  { outputBody }: OperationDocument,
  { output, body }: CallOutcome & { readonly ok: true },
  signal: AbortSignal,
): Answer {
  if (outputBody === undefined) return jsonAnswer(200, output)
  if (body === undefined) throw new GatewayRefusal('SERVICE_FAILED', recorded)
  return bodyAnswer(answerBody(body, outputBody, signal))
}

/** A failure as the consumer may know it. */
export function refusalOf(cause: CallFailure): GatewayRefusal {
  const [code, detail] = refusals[cause.code]
  return new GatewayRefusal(code, detail, {
    cause,
    problems: code === 'INVALID_INPUT' ? cause.problems : undefined,
    headers: code === 'UNAVAILABLE' ? { 'retry-after': '1' } : undefined,
  })
}
