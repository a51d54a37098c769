import type { Call, Component, Fact, Graph, Trait } from '@plimsoll/architecture'
import { isGuarded, isOutside } from './kinds.ts'

/** True where the caller waits for an answer, as far as is known. */
export function isWaited({ synchronous }: Call): boolean {
  return synchronous?.value !== false
}

/**
 * Calls whose behaviour is up to the caller's own code or proxy: waited for, by a service or gateway of this architecture.
 * Plimsoll's runtime is left out: it gives every call a deadline, pauses with jitter between attempts, and leaves
 * replicas that fail out.
 */
export function ownWaits(graph: Graph): readonly Call[] {
  return graph.architecture.calls.filter((call) => {
    const caller = graph.ownerOf(call.from)
    const callee = graph.ownerOf(call.to)
    return (
      isWaited(call) &&
      caller !== undefined &&
      callee !== undefined &&
      caller !== callee &&
      callee.kind.value !== 'client' &&
      waits(caller)
    )
  })
}

function waits(caller: Component): boolean {
  return (caller.kind.value === 'service' || caller.kind.value === 'gateway') && !isGuarded(caller)
}

/** Those of `ownWaits` that go to a service, inside or outside. */
export function waitsForServices(graph: Graph): readonly Call[] {
  return graph.once(ownWaits).filter(({ to }) => {
    const callee = graph.ownerOf(to)
    return callee !== undefined && (callee.kind.value === 'service' || isOutside(callee))
  })
}

/** What a call says of itself, or else what is known of its caller. */
export function ofCallOrCaller(
  graph: Graph,
  { from }: Call,
  own: Fact<boolean> | undefined,
  trait: Trait,
): Fact<boolean> | undefined {
  return own ?? graph.ownerOf(from)?.traits?.[trait]
}
