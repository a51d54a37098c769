import type { Json } from '@plimsoll/base'
import type { Body } from '@plimsoll/contract'
import type { Credentials, Identity, SpiffeId } from '@plimsoll/identity'
import type { Answer } from '../answer.ts'
import type { Ending } from '../deadline.ts'
import type { Logger } from '../log.ts'
import type { Awaitable } from '../validation.ts'
import type { ListenPlace } from './address.ts'
import type { HttpRoutes } from './http-routes.ts'

/** What travels beside the input: nothing of it is checked here. */
interface Metadata {
  /** Milliseconds left; a text where it came as one. */
  readonly deadline?: number | string | undefined
  readonly subject?: string | undefined
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

/** What came after the head of a call or an answer, in pieces: one item as JSON text each, or some bytes of a file. */
export interface IncomingBody {
  /** Media type of a file, in small letters and without parameters. */
  readonly type: string | undefined
  /** Bytes of a file, where the sender has said how many. */
  readonly size: number | undefined
  /** Taken once; leaving early tells the sender to stop. The next one is asked for when it is wanted. */
  readonly pieces: AsyncIterable<Uint8Array>
}

/** What goes after the head of a call or an answer. */
export interface OutgoingBody {
  readonly kind: Body['kind']
  readonly type?: string | undefined
  readonly size?: number | undefined
  /** Asked for one by one, when there is room; throws where it cannot go on. */
  readonly pieces: AsyncIterable<Uint8Array>
  /** Where nobody waits for the rest any more. */
  readonly ending: Ending
}

/** A call as it came in over any wire. */
export interface IncomingCall {
  readonly operation: string
  /** Whose certificate opened the connection. */
  readonly peer: Identity
  readonly metadata: Metadata
  /**
   * Reads the input, once; nothing of it was read before.
   * @throws {InvalidInput} where it is too large, too deep or no JSON.
   */
  readInput(): Awaitable<Json>
  /**
   * What comes beside the input, as the contract declares it; undefined where nothing came. Once, after the input.
   * @throws {InvalidInput} `MEDIA_TYPE` where it comes as something else
   */
  openBody(declared: Body): IncomingBody | undefined
  /** Has the listener called where the caller goes before it has its whole answer. */
  onGone(listener: () => void): void
}

export interface ListenOptions {
  /** Asked for every new connection, so that renewed certificates are used from the next one on. */
  readonly credentials: () => Credentials
  readonly place: ListenPlace
  readonly limits: ServerLimits
  /** Where operations are found by callers that speak HTTP. */
  readonly http: HttpRoutes
  readonly logger: Logger
}

export interface ServerLimits {
  readonly maxInputBytes: number
  readonly maxInputDepth: number
  readonly maxConnections: number
  /** Calls that run at the same time. */
  readonly maxRunning: number
  /** Longest time until a request has come in completely, in milliseconds. */
  readonly requestTimeoutMs: number
}

export interface Listener {
  /** `host:port` */
  readonly address: string
  /** Accepts nothing new, lets finish what runs, at most for so long, and closes every connection. */
  drain(graceMs: number): Promise<void>
}

export interface ConnectOptions {
  /** `host:port` */
  readonly address: string
  readonly credentials: Credentials
  /** The only identity that the other end may have. */
  readonly expected: SpiffeId
  readonly maxOutputBytes: number
}

export interface OutgoingCall {
  readonly operation: string
  /** `service.operation`, for what errors tell. */
  readonly target: string
  /** The input as JSON text. */
  readonly input: string
  readonly metadata: Metadata
  /** What goes beside the input. */
  readonly body?: OutgoingBody | undefined
  /** Longest time until a stream or a file has come or gone whole. */
  readonly wholeMs?: number | undefined
  /** Longest time until the whole answer is there, or has begun. */
  readonly timeoutMs: number
  /** Where it ends before there is an answer. */
  readonly ending?: Ending | undefined
}

/** An answer as it came back; the text of a problem is the other end's. */
export type Reply =
  | { readonly kind: 'body'; readonly body: IncomingBody }
  | { readonly kind: 'output'; readonly output: Json }
  | {
      readonly kind: 'declared'
      readonly status: number
      readonly code: string
      readonly data: Json | undefined
    }
  | { readonly kind: 'problem'; readonly status: number; readonly problem: Json | undefined }

/** Connections to one endpoint, with one certificate. */
export interface Connection {
  /** @throws {CallFailure} where no answer came. */
  call(call: OutgoingCall): Promise<Reply>
  /**
   * Resolves when the other end has given a sign of life, on a connection that is made where there is none.
   * @throws {Error} where there is no connection, or it ends before.
   */
  ping(): Promise<void>
  /** Gives the connection up with all calls on it; the next call makes a new one. */
  reset(): void
  /** Lets finish what runs and takes nothing new. */
  retire(): void
  close(): void
}

/** Serves one call, whatever it came over. */
export type OnCall = (call: IncomingCall) => Awaitable<Answer>

/** A wire: opens the way to one endpoint, when the first call needs it. */
export type Connect = (options: ConnectOptions) => Connection
