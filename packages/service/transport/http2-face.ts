import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { messageOf } from '@plimsoll/base'
import type { HttpRequest, Peer } from './exchange.ts'
import type { ListenOptions } from './transport.ts'

/** A session without a request for so long is closed, whatever else comes on it. Milliseconds. */
const idleMs = 65_000

const bounds = {
  /** Megabytes that one session may hold. */
  maxSessionMemory: 4,
  maxHeaderListPairs: 128,
  maxSettings: 32,
  maxOutstandingPings: 10,
  maxSessionInvalidFrames: 10,
  maxSessionRejectedStreams: 50,
  // Requests that are reset as soon as they are made (CVE-2023-44487): a burst, then so many a second; beyond, the session ends.
  streamResetBurst: 100,
  streamResetRate: 10,
  unknownProtocolTimeout: 5_000,
  strictFieldWhitespaceValidation: true,
  settings: {
    enablePush: false,
    enableConnectProtocol: false,
    maxConcurrentStreams: 128,
    maxHeaderListSize: 16_384,
  },
} as const

/** HTTP/2 on connections that somebody else has opened and looked at. */
export interface Http2Face {
  readonly server: Http2Server
  accept(socket: TLSSocket, peer: Peer): void
  peerOf(request: HttpRequest): Peer | undefined
  /** Lets finish what runs on every session, and takes nothing new (GOAWAY). */
  drain(): void
}

export function createHttp2Face({ logger }: ListenOptions): Http2Face {
  const peers = new WeakMap<ServerHttp2Session, Peer>()
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer(bounds)
  server.on('sessionError', (thrown) => {
    logger.write('warn', 'session-ended', { reason: messageOf(thrown) })
  })
  return {
    server,
    accept(socket, peer) {
      const keep = (session: ServerHttp2Session) => {
        peers.set(session, peer)
        sessions.add(session)
        session.once('close', () => sessions.delete(session))
        endIdle(session)
      }
      // Node makes the session while it takes the socket.
      server.once('session', keep)
      server.emit('connection', socket)
      server.off('session', keep)
    },
    peerOf(request) {
      const session = 'stream' in request ? request.stream.session : undefined
      return session === undefined ? undefined : peers.get(session as ServerHttp2Session)
    },
    drain() {
      for (const session of sessions) session.close()
    },
  }
}

/** Bytes that never become a request keep no session: only requests count as life. */
function endIdle(session: ServerHttp2Session): void {
  let open = 0
  let timer = setTimeout(() => session.destroy(), idleMs).unref()
  session.on('stream', (stream) => {
    open += 1
    clearTimeout(timer)
    stream.once('close', () => {
      open -= 1
      if (open > 0 || session.closed) return
      timer = setTimeout(() => session.close(), idleMs).unref()
    })
  })
  session.once('close', () => clearTimeout(timer))
}
