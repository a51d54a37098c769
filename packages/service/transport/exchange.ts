import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Identity } from '@plimsoll/identity'
import type { ListenOptions, OnCall } from './transport.ts'

/** Who opened a connection, and until when its certificate says so, in milliseconds since the epoch. */
export interface Peer {
  readonly identity: Identity
  readonly notAfter: number
}

/** A request of either version of HTTP; what is used of them is the same. */
export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse

/** One HTTP request and its response, with what the server knows. */
export interface Exchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly peer: Peer | undefined
  readonly options: ListenOptions
  readonly state: { readonly draining: boolean; running: number }
  readonly onCall: OnCall
}

/** The stream of HTTP/2 that carries a response; undefined for HTTP/1.1. */
export function streamOf(response: HttpResponse): Http2ServerResponse['stream'] | undefined {
  return 'stream' in response ? response.stream : undefined
}

/** Writes the head of a response. */
export function begin(
  response: HttpResponse,
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** True where nobody is left to answer. */
export function isGone(response: HttpResponse): boolean {
  if (!('stream' in response)) return response.destroyed
  // Node takes the stream away once it has ended.
  const stream = response.stream as Http2ServerResponse['stream'] | undefined
  return stream === undefined || stream.destroyed || stream.closed
}
