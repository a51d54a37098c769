import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatAddress, type ListenPlace } from '../transport/address.ts'
import { prometheusText, prometheusType } from './prometheus.ts'
import type { Told } from './otlp.ts'

/** Metrics of the processes that the admin port tells of. */
export type ReadMetrics = () => Promise<readonly Pick<Told, 'resource' | 'metrics'>[]>

/** The admin face of a process: for whoever watches this machine. */
export interface Admin {
  /** `host:port`, or `unix:` and a path. */
  readonly address: string
  close(): Promise<void>
}

const mostConnections = 16
const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/**
 * Answers `GET /metrics` in Prometheus' text format, at a Unix socket of this user alone or at a loopback address.
 * @throws {Error} where the place is any other address, or is taken
 */
export async function openAdmin(read: ReadMetrics, place: ListenPlace): Promise<Admin> {
  if (!('path' in place) && !loopback.has(place.host))
    throw new Error('the admin port belongs on a loopback address or a Unix socket')
  const server = createServer(
    { maxHeaderSize: 4_096, requestTimeout: 5_000, headersTimeout: 5_000 },
    (request, response) => void answer(request, response, read),
  )
  server.maxConnections = mostConnections
  // A socket of a process that was killed is nobody's any more.
  if ('path' in place) rmSync(place.path, { force: true })
  const mask = process.umask(0o177)
  try {
    server.listen('path' in place ? { path: place.path } : { ...place, exclusive: true })
  } finally {
    process.umask(mask)
  }
  await once(server, 'listening')
  if ('path' in place) chmodSync(place.path, 0o600)
  server.unref()
  const bound = server.address() as AddressInfo | string
  return {
    address: formatAddress('path' in place ? place : { host: place.host, port: (bound as AddressInfo).port }),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, read: ReadMetrics): Promise<void> {
  request.resume()
  const { status, body } = await answerOf(request, read).catch(() => ({ status: 500, body: 'not now\n' }))
  response.writeHead(status, {
    'content-type': status === 200 ? prometheusType : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerOf(
  request: IncomingMessage,
  read: ReadMetrics,
): Promise<{ status: number; body: string }> {
  if (!isOwnHost(request.headers.host))
    return { status: 421, body: 'this is the admin port of a local process\n' }
  if (request.url !== '/metrics') return { status: 404, body: 'here is /metrics\n' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'GET alone\n' }
  return { status: 200, body: prometheusText(await read()) }
}

/** A web page whose name was made to lead here (DNS rebinding) comes with its own name. */
function isOwnHost(host: string | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(host ?? '')
}
