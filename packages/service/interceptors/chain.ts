import type { Answer } from '../answer.ts'
import { handle } from '../operation.ts'
import type { IncomingCall } from '../transport/transport.ts'
import type { Awaitable } from '../validation.ts'
import { admit } from './admit.ts'
import { authenticate } from './authenticate.ts'
import { authorise } from './authorise.ts'
import { deadline } from './deadline.ts'
import { ServedCall, type ArrivedCall, type Interceptor, type Serving } from './interceptor.ts'
import { trace } from './trace.ts'
import { validate } from './validate.ts'

/** Everything that is done around a handler, from the outside to the inside. Each step needs what those before it found. */
const throughAll: (call: ArrivedCall) => Awaitable<Answer> = chain(trace)
  .through(authenticate)
  .through(authorise)
  .through(deadline)
  .through(admit)
  .through(validate)
  .to(handle)

/** Serves one call. */
export function serveCall(incoming: IncomingCall, serving: Serving): Awaitable<Answer> {
  return throughAll(new ServedCall(incoming, serving))
}

interface Chain<First, Last, Inner, Outer> {
  through<Next extends Last, NextInner>(
    interceptor: Interceptor<Last, Next, NextInner, Inner>,
  ): Chain<First, Next, NextInner, Outer>
  to(end: (call: Last) => Awaitable<Inner>): (call: First) => Awaitable<Outer>
}

/** Joins the steps once, from the last to the first, so that a call makes no closure. */
function chain<First, Last extends First, Inner, Outer>(
  outer: Interceptor<First, Last, Inner, Outer>,
): Chain<First, Last, Inner, Outer> {
  return joined((next) => (call) => outer(call, next))
}

function joined<First, Last, Inner, Outer>(
  join: (next: (call: Last) => Awaitable<Inner>) => (call: First) => Awaitable<Outer>,
): Chain<First, Last, Inner, Outer> {
  return {
    through: (inner) => joined((next) => join((call) => inner(call, next))),
    to: join,
  }
}
