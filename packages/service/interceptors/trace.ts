import { internal, type Answer, type ProblemAnswer } from '../answer.ts'
import { factsOf } from '../log.ts'
import { CallScope } from '../telemetry/call-scope.ts'
import { declaredFields } from '../telemetry/declared-fields.ts'
import { continueTrace } from '../traceparent.ts'
import { found, type ArrivedCall, type Interceptor, type TimedCall, type TracedCall } from './interceptor.ts'

/**
 * Gives the call its place in the chain of calls, keeps a span of it and how long it took, and writes down every call that did not end as
 * promised.
 */
export const trace: Interceptor<ArrivedCall, TracedCall> = (call, next) => {
  const { incoming, serving } = call
  const { telemetry } = serving
  const begun = telemetry.begin('served')
  const { traceparent, tracestate } = incoming.metadata
  const place = continueTrace(traceparent, tracestate, telemetry.sample)
  // What is asked for may be anything; what is counted is one of the contract's operations, or something else.
  const name = serving.operations.get(incoming.operation)?.id ?? `${serving.service}._OTHER`
  const traced = found(call, { trace: place, scope: new CallScope(place, telemetry, name) })
  try {
    const answer = next(traced)
    if (!(answer instanceof Promise)) return ended(traced, begun, answer)
    return answer.then(
      (later) => ended(traced, begun, later),
      (thrown: unknown) => ended(traced, begun, failed(traced, thrown)),
    )
  } catch (thrown) {
    return ended(traced, begun, failed(traced, thrown))
  }
}

/** Nobody waits for these, or somebody else is to be asked: the service itself did nothing wrong. */
const noFailure: ReadonlySet<string> = new Set(['REFUSED', 'INVALID_INPUT', 'CANCELLED', 'DRAINING'])

function ended(call: TracedCall, begun: number, answer: Answer): Answer {
  const { incoming, serving, scope, trace: place } = call
  const { deadline }: Partial<TimedCall> = call
  const code = codeOf(answer)
  serving.telemetry.end('served', begun, {
    trace: place,
    name: scope.name,
    code,
    failed: answer.kind === 'problem' && !noFailure.has(code),
    peer: incoming.peer.id,
    leftMs: deadline?.remaining(),
    detail: scope.detail(),
  })
  if (answer.kind === 'problem' && !tellsItself(answer)) tell(call, answer)
  return answer
}

function codeOf(answer: Answer): string {
  return answer.kind === 'output' || answer.kind === 'body' ? 'OK' : answer.code
}

const handlerFailed = internal('the handler failed')

/** The handler's own error: its message and stack stay in the log, without what the contract classifies. */
function failed(
  { incoming, serving, scope, trace: { traceId } }: TracedCall,
  thrown: unknown,
): ProblemAnswer {
  const facts = {
    ...scope.redactor.facts(factsOf(thrown)),
    caller: incoming.peer.id,
    operation: incoming.operation,
  }
  serving.logger.write('error', 'call-failed', facts, traceId)
  return handlerFailed
}

/** Answers of which a line is there already, or is not wanted: for what is sent away for overload, lines would be a load of their own. */
function tellsItself(answer: ProblemAnswer): boolean {
  return answer === handlerFailed || answer.code === 'OVERLOADED'
}

function tell({ incoming, serving, scope, trace: { traceId } }: TracedCall, answer: ProblemAnswer): void {
  const broken = answer.status >= 500
  const facts = {
    caller: incoming.peer.id,
    operation: incoming.operation,
    status: answer.status,
    code: answer.code,
    reason: scope.redactor.text(reasonOf(answer, serving.operations.get(incoming.operation)?.input)),
  }
  serving.logger.write(broken ? 'error' : 'warn', broken ? 'call-failed' : 'call-refused', facts, traceId)
}

/** Which declared fields are wrong; names and messages that the caller brought along stay out of the log. */
function reasonOf(
  { problems, reason, detail }: ProblemAnswer,
  input: Parameters<typeof declaredFields>[0],
): string {
  if (problems === undefined) return reason ?? detail
  return `the input does not fit the contract at: ${declaredFields(input, problems).join(', ')}`
}
