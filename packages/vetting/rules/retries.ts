import type { Call, Graph } from '@plimsoll/architecture'
import { isGuarded } from './kinds.ts'

/** Calls that are tried again by the caller's own code or proxy. Plimsoll's runtime pauses with full jitter. */
export function ownRetries(graph: Graph): readonly Call[] {
  return graph.architecture.calls.filter(({ from, attempts }) => {
    const caller = graph.ownerOf(from)
    return (attempts?.value ?? 1) > 1 && caller !== undefined && !isGuarded(caller)
  })
}
