import { readTarget, type RequestTarget } from '@plimsoll/contract'
import { GatewayRefusal } from './errors.ts'

/**
 * Reads a request-target. Whatever two readers could understand in two ways is refused and never repaired.
 * @throws {GatewayRefusal} `AMBIGUOUS_REQUEST`
 */
export function parseTarget(text: string): RequestTarget {
  const target = readTarget(text)
  if ('path' in target) return target
  throw new GatewayRefusal('AMBIGUOUS_REQUEST', `The address is not well formed: ${target.fix}.`, {
    fix: target.fix,
  })
}
