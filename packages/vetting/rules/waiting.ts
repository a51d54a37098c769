import {
  ofEachCall,
  type Call,
  type CallEnds,
  type Component,
  type Fact,
  type Trait,
} from '@plimsoll/architecture'
import { isGuarded, isOutside } from './kinds.ts'

/** True where the caller waits for an answer, as far as is known. */
export function isWaited({ synchronous }: Call): boolean {
  return synchronous?.value !== false
}

/**
 * A call whose behaviour is up to the caller's own code or proxy: waited for, by a service or gateway of this architecture.
 * Plimsoll's runtime is left out: it gives every call a deadline, pauses with jitter between attempts, and leaves
 * replicas that fail out.
 */
export function isOwnWait(call: Call, { caller, callee }: CallEnds): boolean {
  return (
    isWaited(call) &&
    caller !== undefined &&
    callee !== undefined &&
    caller !== callee &&
    callee.kind.value !== 'client' &&
    waits(caller)
  )
}

export const ownWaits = ofEachCall((call, ends) => (isOwnWait(call, ends) ? call : undefined))

function waits(caller: Component): boolean {
  return (caller.kind.value === 'service' || caller.kind.value === 'gateway') && !isGuarded(caller)
}

/** One of `ownWaits` that goes to a service, inside or outside. */
export function isWaitForService(call: Call, ends: CallEnds): boolean {
  const { callee } = ends
  return (
    isOwnWait(call, ends) && callee !== undefined && (callee.kind.value === 'service' || isOutside(callee))
  )
}

export const waitsForServices = ofEachCall((call, ends) => (isWaitForService(call, ends) ? call : undefined))

/** What a call says of itself, or else what is known of its caller. */
export function ofCallOrCaller(
  caller: Component | undefined,
  own: Fact<boolean> | undefined,
  trait: Trait,
): Fact<boolean> | undefined {
  return own ?? caller?.traits?.[trait]
}
