import type { IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'

/** Where a consumer asks, and whose certificates it trusts. */
export interface Entrance {
  readonly gateway: { readonly address: string }
  readonly authority: { readonly bundle: string }
}

/** An answer as a consumer sees it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  readonly json: unknown
}

export interface Ask {
  readonly key?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly agent?: RequestOptions['agent']
}

/** One request, on a connection of its own where no agent is given. */
export async function ask(
  entrance: Entrance,
  line: `${string} ${string}`,
  options: Ask = {},
): Promise<Reply> {
  const [method, path] = line.split(' ')
  const { key, body, agent = false } = options
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    ...(options.headers as Record<string, string>),
  }
  const url = `https://${entrance.gateway.address}`
  const outgoing = httpsRequest(url, { method, path, headers, agent, ca: entrance.authority.bundle })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end(payload)
  })
  const content = await text(response)
  const json: unknown =
    /json/.test(response.headers['content-type'] ?? '') && content !== '' ? JSON.parse(content) : {}
  return {
    status: response.statusCode ?? 0,
    headers: response.headers as Reply['headers'],
    text: content,
    json,
  }
}

/** Sends bytes over TLS as they are, and gives all that comes back until the other side closes or is silent. */
export function sendRaw(entrance: Entrance, bytes: string | Buffer, silentMs = 300): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(entrance)
    let received = ''
    const timer = setTimeout(() => socket.destroy(), silentMs)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      timer.refresh()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

export function openSocket(entrance: Entrance): TLSSocket {
  const [host = '', port = ''] = entrance.gateway.address.split(':')
  return connect({ host, port: Number(port), ca: entrance.authority.bundle, ALPNProtocols: ['http/1.1'] })
}

/** The status lines in what came back. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}
