import { ofEachCall } from '@plimsoll/architecture'
import { isGuarded } from './kinds.ts'

/** Calls that are tried again by the caller's own code or proxy. Plimsoll's runtime pauses with full jitter. */
export const ownRetries = ofEachCall((call, { caller }) =>
  (call.attempts?.value ?? 1) > 1 && caller !== undefined && !isGuarded(caller) ? call : undefined,
)
