import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { messageOf } from '@plimsoll/base'
import { peerIdentity, serverTls } from '@plimsoll/identity'
import type { Peer } from './exchange.ts'
import { protocol } from './frames/frame.ts'
import { ServerConnection } from './frames/server.ts'
import { answerHttp } from './http-face.ts'
import { formatAddress } from './http-message.ts'
import type { Listener, ListenOptions, OnCall } from './transport.ts'

const maxHeaderBytes = 16_384
const headersTimeoutMs = 5_000
const handshakeTimeoutMs = 5_000
// Longer than clients keep an idle connection, so that it is they who close it and no call meets a closing one.
const keepAliveMs = 65_000

/**
 * Serves calls at one port over mutual TLS. ALPN (RFC 7301) says how: frames between workloads, HTTP/1.1 for everybody else, `POST /<operation>` with a
 * JSON body.
 */
export async function listen(options: ListenOptions, onCall: OnCall): Promise<Listener> {
  const { server, toHttp } = createTlsServer(options)
  const sockets = trackSockets(server)
  const peers = new WeakMap<object, Peer>()
  const frames = new Set<ServerConnection>()
  const shared = { options, state: { draining: false, running: 0 }, onCall }
  server.on('secureConnection', (socket: TLSSocket) => {
    const peer = admit(socket, options)
    if (peer === undefined) return
    if (socket.alpnProtocol !== protocol) {
      peers.set(socket, peer)
      return toHttp(socket)
    }
    const connection = new ServerConnection(socket, peer, shared)
    frames.add(connection)
    socket.once('close', () => frames.delete(connection))
  })
  server.on('tlsClientError', (thrown, socket) => refuse(socket, thrown, options))
  answerHttp(server, { ...shared, peerOf: (socket) => peers.get(socket) })
  await listening(server, options)
  return {
    address: formatAddress(options.host, (server.address() as AddressInfo).port),
    async drain(graceMs) {
      shared.state.draining = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const connection of frames) connection.leave()
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}

/** A server whose connections are looked at before its HTTP parser has them. */
function createTlsServer(options: ListenOptions): { server: Server; toHttp: (socket: TLSSocket) => void } {
  let current = options.credentials()
  const server = createServer({
    ...serverTls(current),
    ALPNProtocols: [protocol, 'http/1.1'],
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: Math.min(headersTimeoutMs, options.limits.requestTimeoutMs),
    requestTimeout: options.limits.requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    handshakeTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: 1_000,
    noDelay: true,
  })
  server.maxConnections = options.limits.maxConnections
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
function admit(socket: TLSSocket, options: ListenOptions): Peer | undefined {
  try {
    const certificate = socket.getPeerX509Certificate()
    const notAfter = certificate === undefined ? 0 : certificate.validToDate.getTime()
    return { identity: peerIdentity(socket), notAfter }
  } catch (thrown) {
    refuse(socket, thrown, options)
    return undefined
  }
}

function refuse(socket: Socket, thrown: unknown, { logger }: ListenOptions): void {
  logger.write('warn', 'connection-refused', { reason: messageOf(thrown), from: socket.remoteAddress })
  socket.destroy()
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

function listening(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
