import type { Interceptor, TimedCall } from './interceptor.ts'

/** Lets the call run now, in a moment, or not at all, where the replica has more to do than it can. Looked at after who calls: nobody takes a place who may not. */
export const admit: Interceptor<TimedCall, TimedCall> = (call, next) =>
  call.serving.admission.admit(call, next)
