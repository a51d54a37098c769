import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Identity } from '@plimsoll/identity'
import type { ListenOptions, OnCall } from './transport.ts'

/** Who opened a connection, and until when its certificate says so, in milliseconds since the epoch. */
export interface Peer {
  readonly identity: Identity
  readonly notAfter: number
}

/** One HTTP request and its response, with what the server knows. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly peer: Peer | undefined
  readonly options: ListenOptions
  readonly state: { readonly draining: boolean; running: number }
  readonly onCall: OnCall
}
