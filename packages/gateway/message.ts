import type { IncomingMessage } from 'node:http'
import { GatewayRefusal, type RefusalCode } from './errors.ts'

/** Header fields that decide something here; of two, Node would keep one silently. */
const once = [
  'host',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
  'expect',
] as const
const host = /^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/
const bodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * Refuses a message that is not plainly one HTTP/1.1 request. Node's strict parser has already refused what is not
 * HTTP at all, and a message with both a length and a transfer coding.
 * @throws {GatewayRefusal} `VERSION_NOT_SUPPORTED`, `AMBIGUOUS_REQUEST`, `EXPECTATION_FAILED`
 */
export function checkMessage(request: IncomingMessage): void {
  const { method = '', headers, headersDistinct } = request
  if (request.httpVersion !== '1.1') throw refusal('VERSION_NOT_SUPPORTED', 'Send the request as HTTP/1.1.')
  const repeated = once.find((name) => (headersDistinct[name]?.length ?? 0) > 1)
  if (repeated !== undefined) throw ambiguous(`The header ${repeated} is there more than once.`)
  if (!host.test(headers.host ?? '')) throw ambiguous('The header host must name this host.')
  if ((headers.expect ?? '100-continue').toLowerCase() !== '100-continue') {
    throw refusal('EXPECTATION_FAILED', 'Only 100-continue can be expected.')
  }
  if (headers.upgrade !== undefined) throw ambiguous('Another protocol is not offered here.')
  if (bodyless.has(method) && announcesBody(request)) throw ambiguous(`A ${method} has no body here.`)
}

/** True where the message announces a body (RFC 9112, section 6.3). */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

function ambiguous(detail: string): GatewayRefusal {
  return refusal('AMBIGUOUS_REQUEST', detail)
}

/** Ends the connection: what follows such a message may be a part of it. */
function refusal(code: RefusalCode, detail: string): GatewayRefusal {
  return new GatewayRefusal(code, detail, { headers: { connection: 'close' } })
}
