import type { IncomingMessage } from 'node:http'
import { headProblem } from '@plimsoll/contract'
import { GatewayRefusal, type RefusalCode } from './errors.ts'

const codes: Readonly<Record<400 | 417 | 505, RefusalCode>> = {
  400: 'AMBIGUOUS_REQUEST',
  417: 'EXPECTATION_FAILED',
  505: 'VERSION_NOT_SUPPORTED',
}

/**
 * Refuses a message that is not plainly one HTTP/1.1 request. It ends the connection: what follows such a message may be a part of it.
 * @throws {GatewayRefusal} `VERSION_NOT_SUPPORTED`, `AMBIGUOUS_REQUEST`, `EXPECTATION_FAILED`
 */
export function checkMessage({ httpVersion, method = '', rawHeaders }: IncomingMessage): void {
  const problem = headProblem({ httpVersion, method, rawHeaders })
  if (problem === undefined) return
  throw new GatewayRefusal(codes[problem.status], problem.detail, { headers: { connection: 'close' } })
}

/** True where the message announces a body (RFC 9112, section 6.3). */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}
