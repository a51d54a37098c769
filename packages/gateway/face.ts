import { once } from 'node:events'
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Failure, messageOf } from '@plimsoll/base'
import { outerTls, type ServerCertificate } from '@plimsoll/identity'
import type { Telemetry } from '@plimsoll/service'
import { answerOfThrown, securityHeaders, type Answer } from './answer.ts'
import { GatewayRefusal, type RefusalCode, type StartCode } from './errors.ts'
import { Exchange } from './exchange.ts'
import { Turns } from './turns.ts'

/** Bounds on connections and messages, before a request is one. Milliseconds and bytes. */
const bounds = {
  maxHeaderSize: 16 * 1024,
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  // A body has a time of its own: that of JSON, or what the contract gives a stream. Node knows only one for all.
  requestTimeout: 0,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
}
const maxConnections = 10_000
const maxRequestsPerSocket = 10_000
const drainMs = 10_000

/** TLS and HTTP towards consumers. */
export interface Face {
  readonly address: string
  replaceCertificate(certificate: ServerCertificate): void
  close(): Promise<void>
}

export interface FaceOptions {
  readonly certificate: ServerCertificate
  readonly listen: { readonly host: string; readonly port: number }
  readonly telemetry: Telemetry
  /** Never throws. */
  readonly answer: (exchange: Exchange) => Promise<Answer>
}

/** An HTTPS server as strict as Node has it: nothing is repaired, everything is bounded. */
export async function openFace(options: FaceOptions): Promise<Face> {
  let draining = false
  const turns = new Turns()
  const receive = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => {
    const exchange = new Exchange(request, response, { awaitsContinue, telemetry: options.telemetry })
    turns.take(request.socket, async () => {
      const answer = await options.answer(exchange)
      return exchange.finish(answer, { lastOfConnection: draining })
    })
  }
  const server = createStrictServer(options.certificate)
  server.on('request', (request, response) => receive(request, response, false))
  server.on('checkExpectation', (request, response) => receive(request, response, false))
  server.on('checkContinue', (request, response) => receive(request, response, true))
  const sockets = trackSockets(server)
  await listen(server, options.listen)
  return {
    address: addressOf(server),
    replaceCertificate: (certificate) => server.setSecureContext(outerTls(certificate)),
    close: async () => {
      draining = true
      await drain(server, sockets)
    },
  }
}

function createStrictServer(certificate: ServerCertificate): Server {
  const server = createServer({
    ...outerTls(certificate),
    ...bounds,
    insecureHTTPParser: false,
    // The pipeline asks for exactly one host itself, and answers in words where there is none.
    requireHostHeader: false,
  })
  server.maxConnections = maxConnections
  server.maxRequestsPerSocket = maxRequestsPerSocket
  // Above a count Node would drop headers silently; `maxHeaderSize` bounds them.
  server.maxHeadersCount = 0
  server.on('clientError', refuseBytes)
  return server
}

const codeOfParser: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'BODY_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'TIMEOUT',
}

/** Answers bytes that are no request, then closes: where the next message begins cannot be known any more. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = codeOfParser[error.code ?? ''] ?? 'AMBIGUOUS_REQUEST'
  const refusal = new GatewayRefusal(code, 'This is not one well-formed HTTP/1.1 request.')
  const { status, headers, body } = answerOfThrown(refusal)
  const fields = {
    ...securityHeaders,
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}

/** Counts every socket, those in the TLS handshake too, so that closing leaves none. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

async function listen(server: Server, { host, port }: FaceOptions['listen']): Promise<void> {
  try {
    // Several gateway processes share one port; whoever starts them has made sure that it is free.
    server.listen({ port, host, reusePort: process.platform === 'linux' })
    await once(server, 'listening')
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const at = `${host}:${port}`
    throw new Failure<StartCode>(
      'LISTEN',
      taken ? `${at} is taken` : `cannot listen at ${at}: ${messageOf(cause)}`,
      {
        cause,
        fix: taken
          ? 'end what listens there, or give the gateway another port'
          : 'give the gateway another address',
      },
    )
  }
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
}

function drain(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), drainMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
