import type { Json } from '@plimsoll/base'
import { CallFailure, type CallFailureCode, type OperationCaller } from '@plimsoll/service'
import { declaredErrorAnswer, jsonAnswer, type Answer } from './answer.ts'
import type { GatewayConsumer } from './configuration.ts'
import { GatewayRefusal, type RefusalCode } from './errors.ts'
import type { Route } from './routes.ts'

/** What the gateway needs of `createCaller`. */
export type ForwardingCaller = Pick<OperationCaller, 'call'>

/** A request that may be passed on. */
export interface Forwarded {
  readonly route: Route
  readonly input: Json
  readonly consumer: GatewayConsumer | undefined
  readonly traceparent: string
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
  const { route, input, consumer, traceparent, signal } = forwarded
  try {
    const result = await caller.call({
      service: route.service,
      operation: route.name,
      input,
      timeoutMs: route.operation.deadlineMs,
      traceparent,
      signal,
      ...(consumer && { subject: { consumer: consumer.record.consumer, scopes: consumer.scopes } }),
    })
    if (result.ok) return jsonAnswer(200, result.output)
    const declared = route.operation.errors[result.code]
    if (declared !== undefined) return declaredErrorAnswer({ ...result, status: declared.status })
  } catch (thrown) {
    throw thrown instanceof CallFailure ? refusalOf(thrown) : thrown
  }
  // What the contract does not declare, no consumer can have prepared for.
  throw new GatewayRefusal('SERVICE_FAILED', recorded)
}

function refusalOf(cause: CallFailure): GatewayRefusal {
  const [code, detail] = refusals[cause.code]
  return new GatewayRefusal(code, detail, {
    cause,
    problems: code === 'INVALID_INPUT' ? cause.problems : undefined,
    headers: code === 'UNAVAILABLE' ? { 'retry-after': '1' } : undefined,
  })
}
