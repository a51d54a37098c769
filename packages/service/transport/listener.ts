import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { messageOf } from '@plimsoll/base'
import { explainHandshake, peerOf, serverTls, type VerifiedPeer } from '@plimsoll/identity'
import { Admitted } from './admitted.ts'
import type { Peer } from './exchange.ts'
import { protocol } from './frames/frame.ts'
import { ServerConnection } from './frames/server.ts'
import { answerBrokenRequests, answerHttp } from './http-face.ts'
import { createHttp2Face } from './http2-face.ts'
import { formatAddress } from './address.ts'
import type { Listener, ListenOptions, OnCall } from './transport.ts'

const maxHeaderBytes = 16_384
const longestClaim = 300
const headersTimeoutMs = 5_000
const handshakeTimeoutMs = 5_000
// Longer than clients keep an idle connection, so that it is they who close it and no call meets a closing one.
const keepAliveMs = 65_000

/**
 * Serves calls at one port over mutual TLS. ALPN (RFC 7301) says how: frames between workloads, HTTP/2 or HTTP/1.1 for everybody else, where the contract's OpenAPI
 * document says where operations are and how they look.
 */
export async function listen(options: ListenOptions, onCall: OnCall): Promise<Listener> {
  const { server, toHttp } = createTlsServer(options)
  const sockets = trackSockets(server)
  const peers = new WeakMap<object, Peer>()
  const frames = new Set<ServerConnection>()
  const http2 = createHttp2Face(options)
  const shared = { options, state: { draining: false, running: 0 }, onCall }
  const admitted = new Admitted({
    credentials: options.credentials,
    refuse: (socket, reason) => refuse(socket, reason, options),
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    const peer = admit(socket, options)
    if (peer === undefined) return
    if (socket.alpnProtocol === 'h2') {
      admitted.add(socket, peer, () => undefined)
      return http2.accept(socket, peer)
    }
    if (socket.alpnProtocol !== protocol) {
      peers.set(socket, peer)
      admitted.add(socket, peer, () => undefined)
      return toHttp(socket)
    }
    const connection = new ServerConnection(socket, peer, shared)
    frames.add(connection)
    admitted.add(socket, peer, () => connection.leave())
    socket.once('close', () => frames.delete(connection))
  })
  server.on('tlsClientError', (thrown, socket) => refuse(socket, explainHandshake(thrown, socket), options))
  answerHttp(server, { ...shared, peerOf: ({ socket }) => peers.get(socket) })
  answerBrokenRequests(server, options)
  answerHttp(http2.server, { ...shared, peerOf: (request) => http2.peerOf(request) })
  await listening(server, options)
  return {
    address: addressOf(server, options),
    async drain(graceMs) {
      shared.state.draining = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const connection of frames) connection.leave()
      http2.drain()
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs)
      await closed
      clearTimeout(timer)
      admitted.close()
    },
  }
}

/** A server whose connections are looked at before its HTTP parser has them. */
function createTlsServer(options: ListenOptions): { server: Server; toHttp: (socket: TLSSocket) => void } {
  let current = options.credentials()
  const server = createServer({
    ...serverTls(current),
    ALPNProtocols: [protocol, 'h2', 'http/1.1'],
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
    // The face asks for exactly one host itself, and answers in words where there is none.
    requireHostHeader: false,
    headersTimeout: Math.min(headersTimeoutMs, options.limits.requestTimeoutMs),
    // How long a body may take is the operation's deadline, or its stream's; Node knows only one time for all.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    handshakeTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: 1_000,
    noDelay: true,
  })
  server.maxConnections = options.limits.maxConnections
  // Above a count Node would drop headers silently; `maxHeaderSize` bounds them.
  server.maxHeadersCount = 0
  // Before Node's own listener, which takes the certificate for the handshake.
  server.prependListener('connection', () => {
    const credentials = options.credentials()
    if (credentials === current) return
    current = credentials
    server.setSecureContext(serverTls(credentials))
  })
  const parsers = server.listeners('secureConnection')
  server.removeAllListeners('secureConnection')
  return {
    server,
    toHttp: (socket) => {
      for (const parser of parsers) parser.call(server, socket)
    },
  }
}

/** Reads who the peer is, once per connection; a connection without a proper identity ends here. */
function admit(socket: TLSSocket, options: ListenOptions): VerifiedPeer | undefined {
  try {
    return peerOf(socket, options.credentials())
  } catch (thrown) {
    refuse(socket, thrown, options)
    return undefined
  }
}

function refuse(socket: Socket, thrown: unknown, { logger }: ListenOptions): void {
  const facts = { reason: messageOf(thrown), from: socket.remoteAddress, claims: claimOf(socket) }
  logger.write('warn', 'connection-refused', facts)
  socket.destroy()
}

/** Who a refused peer said that it is, for the log; nothing of it is proven. */
function claimOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  try {
    return socket.getPeerX509Certificate()?.subjectAltName?.slice(0, longestClaim)
  } catch {
    return undefined
  }
}

/** Every socket, also those that have not finished their handshake, which the server itself does not end. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function addressOf(server: Server, { place }: ListenOptions): string {
  if ('path' in place) return formatAddress(place)
  return formatAddress({ host: place.host, port: (server.address() as AddressInfo).port })
}

function listening(server: Server, { place }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Who may connect to a socket is said by the folder that it lies in, and by its certificate.
    server.listen({ ...place, exclusive: true, readableAll: true, writableAll: true }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
