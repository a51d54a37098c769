import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { clientTls, spiffeId, type Credentials } from '@plimsoll/identity'
import { trustDomain } from './town.ts'

export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface RawRequest {
  readonly address: string
  readonly service: string
  readonly credentials: Credentials
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Uint8Array
}

/** A request as somebody with a certificate, but without this package, would send it. */
export function send(raw: RawRequest): Promise<RawReply> {
  const [host, port] = raw.address.split(':')
  const options: RequestOptions = {
    ...clientTls(raw.credentials, spiffeId(trustDomain, 'service', raw.service)),
    agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
    host,
    port,
    path: raw.path,
    method: raw.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...raw.headers },
  }
  return new Promise((resolve, reject) => {
    const request = httpsRequest(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('error', reject)
      // A response that breaks off is no response.
      response.on('aborted', () => reject(new Error('the response broke off')))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: isObject(response, text) ? (JSON.parse(text) as RawReply['body']) : {},
        })
      })
    })
    request.on('error', reject)
    request.end(raw.body ?? '{}')
  })
}

function isObject({ headers }: IncomingMessage, text: string): boolean {
  return text !== '' && /^application\/(?:problem\+)?json$/.test(headers['content-type'] ?? '')
}

/** An open, authenticated connection to write anything on. */
export function open(raw: Pick<RawRequest, 'address' | 'service' | 'credentials'>): Promise<TLSSocket> {
  const [host, port] = raw.address.split(':')
  const socket = connect({
    ...clientTls(raw.credentials, spiffeId(trustDomain, 'service', raw.service)),
    host,
    port: Number(port),
  })
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Everything that comes until the other end closes. */
export function readAll(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(text))
  })
}
