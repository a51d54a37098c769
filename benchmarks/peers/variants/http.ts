import { clientTls, serverTls } from '@plimsoll/identity'
import { once } from 'node:events'
import { connect as connectHttp2, createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { Pool } from 'undici'
import { check, reply, request, split, type Ends, type Request, type Variant } from '../../calls/variant.ts'

export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const parts: Buffer[] = []
  incoming.on('data', (part: Buffer) => void parts.push(part))
  incoming.on('end', () => {
    const { sku } = JSON.parse(Buffer.concat(parts).toString()) as Request
    const body = JSON.stringify({ ...reply, sku })
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    outgoing.end(body)
  })
}

/** One connection for each call that runs at the same time, as HTTP/1.1 needs it; no pipelining, which is undici's default. */
function openPool(address: string, { client, server }: Ends): Pool {
  return new Pool(`https://${address}`, {
    connections: 64,
    pipelining: 1,
    connect: clientTls(client, server.identity.id),
  })
}

/** Undici's `request`, which its documentation recommends. */
export function undiciCaller(address: string, path: string, ends: Ends): () => Promise<void> {
  const pool = openPool(address, ends)
  return async () => {
    const { body } = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    check((await body.json()) as typeof reply)
  }
}

/** Undici's `dispatch`, which its documentation calls the fastest and for library authors: no stream, no promise of its own. */
function dispatchCaller(address: string, path: string, ends: Ends): () => Promise<void> {
  const pool = openPool(address, ends)
  return () =>
    new Promise((resolve, reject) => {
      const parts: Buffer[] = []
      pool.dispatch(
        {
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(request),
        },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, part) => void parts.push(part),
          onResponseEnd: () => {
            check(JSON.parse(Buffer.concat(parts).toString()) as typeof reply)
            resolve()
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
}

/** The bare thing: no validation, no authorisation, no deadline, no trace. */
export const httpUndici: Variant = {
  serve: ({ server }) => listening(createServer(serverTls(server), answer)),
  connect: async (address, ends) => undiciCaller(address, '/quote', ends),
}

export const httpDispatch: Variant = {
  serve: httpUndici.serve,
  connect: async (address, ends) => dispatchCaller(address, '/quote', ends),
}

export const http2: Variant = {
  serve: ({ server }) =>
    listening(
      createSecureServer(serverTls(server), (incoming, outgoing) =>
        answer(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse),
      ),
    ),
  async connect(address, { client, server }) {
    const { host, port } = split(address)
    const session = connectHttp2(`https://${host}:${port}`, {
      ...clientTls(client, server.identity.id),
      ALPNProtocols: ['h2'],
    })
    await once(session, 'connect')
    return () =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/quote',
          'content-type': 'application/json',
        })
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => void parts.push(part))
        stream.on('end', () => {
          check(JSON.parse(Buffer.concat(parts).toString()) as typeof reply)
          resolve(undefined)
        })
        stream.on('error', reject)
        stream.end(JSON.stringify(request))
      })
  },
}
