import { InvalidInput, type Json } from '@plimsoll/base'
import { decodeInput } from '@plimsoll/contract'
import { GatewayRefusal } from './errors.ts'
import type { FoundOperation } from './routes.ts'

/**
 * Puts the operation's input together from path, query and body, and checks it.
 * @throws {GatewayRefusal} `INVALID_INPUT`, with every problem by field
 */
export function readInput(found: FoundOperation, query: URLSearchParams, body: Json | undefined): Json {
  const { route, pathParameters } = found
  const input = decode(() => decodeInput(route.operation, { pathParameters, query, body }))
  const problems = route.check(input)
  if (problems.length === 0) return input
  throw new GatewayRefusal('INVALID_INPUT', `The input does not fit ${route.id}.`, { problems })
}

function decode(read: () => Json): Json {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof InvalidInput)) throw cause
    throw new GatewayRefusal('INVALID_INPUT', cause.message, { problems: cause.problems, cause })
  }
}
