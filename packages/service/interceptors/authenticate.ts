import type { Identity } from '@plimsoll/identity'
import { refused } from '../answer.ts'
import type { Caller } from '../service.ts'
import { found, type AuthenticatedCall, type Interceptor, type TracedCall } from './interceptor.ts'

/** Who calls, as the connection's certificate proves, and on whose behalf, as a token says that it may present. */
export const authenticate: Interceptor<TracedCall, AuthenticatedCall> = (call, next) => {
  const { peer, metadata } = call.incoming
  const trustDomain = call.serving.identity().trustDomain
  if (peer.trustDomain !== trustDomain)
    return refused(`${peer.id} is of another trust domain than ${trustDomain}`)
  const caller = callerOf(peer)
  if (caller === undefined) return refused(`a ${peer.kind} identity calls no operations`)
  if (metadata.subject === undefined) return next(found(call, { caller, subject: undefined }))
  if (caller.kind === 'operator') return refused('an operator calls on behalf of nobody, yet names a subject')
  const judged = call.serving.subjects.judge(metadata.subject, peer)
  return judged.ok ? next(found(call, { caller, subject: judged.subject })) : refused(judged.reason)
}

function callerOf({ id, kind, name }: Identity): Caller | undefined {
  return kind === 'control' ? undefined : { id, kind, name }
}
