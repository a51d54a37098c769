import { internal, type Answer, type ProblemAnswer } from '../answer.ts'
import { factsOf } from '../log.ts'
import { continueTrace } from '../traceparent.ts'
import { found, type ArrivedCall, type Interceptor, type TracedCall } from './interceptor.ts'

/** Gives the call its place in the chain of calls, and writes down every call that did not end as promised. */
export const trace: Interceptor<ArrivedCall, TracedCall> = (call, next) => {
  const traced = found(call, { trace: continueTrace(call.incoming.metadata.traceparent) })
  try {
    const answer = next(traced)
    if (!(answer instanceof Promise)) return told(traced, answer)
    return answer.then(
      (later) => told(traced, later),
      (thrown: unknown) => failed(traced, thrown),
    )
  } catch (thrown) {
    return failed(traced, thrown)
  }
}

/** The handler's own error: its message and stack stay in the log. */
function failed({ incoming, serving, trace: { traceId } }: TracedCall, thrown: unknown): ProblemAnswer {
  const facts = { ...factsOf(thrown), caller: incoming.peer.id, operation: incoming.operation }
  serving.logger.write('error', 'call-failed', facts, traceId)
  return internal('the handler failed')
}

function told({ incoming, serving, trace: { traceId } }: TracedCall, answer: Answer): Answer {
  if (answer.kind !== 'problem') return answer
  const broken = answer.status >= 500
  const facts = {
    caller: incoming.peer.id,
    operation: incoming.operation,
    status: answer.status,
    code: answer.code,
    reason: answer.reason ?? answer.detail,
  }
  serving.logger.write(broken ? 'error' : 'warn', broken ? 'call-failed' : 'call-refused', facts, traceId)
  return answer
}
