import { messageOf, parseJson, PlimsollError } from '@plimsoll/base'
import { failed, refused } from '../errors.ts'
import { parseChallenge, type Challenge } from './challenge.ts'
import type { RegistryCredentials } from './credentials.ts'

/** What is asked of a registry. */
interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  /** Absolute, or a path at the registry. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Bytes of the answer, beyond which it is not read. */
  readonly mostBytes: number
}

/** An answer, read to its end. */
export interface RegistryAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  /** Where it came from, after redirects. */
  readonly url: string
}

/** Requests to one registry: bounded in time, size and redirects; who asks is shown to the registry alone. */
export interface Transport {
  /** @throws {Refusal} `REGISTRY_INSECURE`, `REGISTRY_DENIED`, `REGISTRY_TOO_LARGE` @throws {Failure} `REGISTRY_UNREACHABLE` */
  request(request: RegistryRequest): Promise<RegistryAnswer>
}

export interface TransportOptions {
  /** `host` or `host:port`. */
  readonly registry: string
  readonly credentials?: RegistryCredentials | undefined
  /** For one request with its answer. Default 5 minutes. */
  readonly timeoutMs?: number
}

const mostRedirects = 3
const largestToken = 64 * 1024
const redirects = new Set([301, 302, 303, 307, 308])

export function openTransport({ registry, credentials, timeoutMs = 300_000 }: TransportOptions): Transport {
  const origin = originOf(registry)
  let authorization: string | undefined
  const send = async (request: RegistryRequest): Promise<RegistryAnswer> => {
    let url = checkedUrl(new URL(request.url, origin), origin)
    for (let hops = 0; ; hops += 1) {
      // A redirect leads to other machines, such as a store of blobs: they are never told who asks.
      const shown = url.origin === origin && authorization !== undefined ? { authorization } : {}
      const answer = await exchange(url, request, { shown, timeoutMs })
      const target = answer.headers.get('location')
      const follows = request.method === 'GET' || request.method === 'HEAD'
      if (!redirects.has(answer.status) || !follows || target === null) return answer
      if (hops === mostRedirects)
        throw refused('REGISTRY_DENIED', `${registry} redirects more than ${mostRedirects} times`)
      url = checkedUrl(new URL(target, url), origin)
    }
  }
  return {
    async request(request) {
      const answer = await send(request)
      if (answer.status !== 401) return checkAllowed(answer, registry)
      const challenge = parseChallenge(answer.headers.get('www-authenticate'))
      authorization = await authorize(challenge, { origin, registry, credentials, timeoutMs })
      return checkAllowed(await send(request), registry)
    },
  }
}

/** TLS always, but on this machine itself, where nobody can listen in between. */
function originOf(registry: string): string {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  return isLoopback(new URL(`https://${host}`).hostname)
    ? `http://${host}`
    : new URL(`https://${host}`).origin
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** Nobody outside may lead requests to this machine, or out of TLS. */
function checkedUrl(url: URL, origin: string): URL {
  const own = url.origin === origin
  const local = isLoopback(new URL(origin).hostname) && isLoopback(url.hostname)
  const secure = url.protocol === 'https:' && !isLoopback(url.hostname)
  if (url.username === '' && url.password === '' && (own || local || secure)) return url
  throw refused(
    'REGISTRY_INSECURE',
    'the registry leads to a place without TLS, or to this machine',
    'use a registry that answers over https itself',
  )
}

async function exchange(
  url: URL,
  { method, headers, body, mostBytes }: RegistryRequest,
  { shown, timeoutMs }: { readonly shown: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<RegistryAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'plimsoll', ...headers, ...shown },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: Buffer.from(body) }),
    })
    const read = await readBounded(response, mostBytes)
    return { status: response.status, headers: response.headers, body: read, url: url.href }
  } catch (cause) {
    if (cause instanceof PlimsollError) throw cause
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
    throw failed('REGISTRY_UNREACHABLE', `${url.host} does not answer: ${messageOf(inner)}`, {
      cause,
      fix: 'check the name of the registry, the network, and that it answers over https',
      retryable: true,
    })
  }
}

async function readBounded(response: Response, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    const bytes = part as Uint8Array
    size += bytes.length
    // Leaving the loop ends the connection: the rest is not read.
    if (size > mostBytes)
      throw refused('REGISTRY_TOO_LARGE', `the registry answers with more than ${mostBytes} bytes`)
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

interface Asking {
  readonly origin: string
  readonly registry: string
  readonly credentials: RegistryCredentials | undefined
  readonly timeoutMs: number
}

/** The `Authorization` header that meets a challenge: Basic (RFC 7617), or Bearer with a token of the registry's own issuer. */
async function authorize(challenge: Challenge | undefined, asking: Asking): Promise<string> {
  const { registry, credentials } = asking
  const basic = credentials === undefined ? undefined : basicOf(credentials)
  const met =
    challenge?.scheme === 'bearer'
      ? await tokenOf(challenge, asking, basic)
      : challenge?.scheme === 'basic'
        ? basic
        : undefined
  if (met === undefined) throw denied(registry)
  return met
}

/** A token of the registry's issuer (Docker's token authentication); undefined where it gives none. */
async function tokenOf(
  { realm, service, scope }: Extract<Challenge, { scheme: 'bearer' }>,
  { origin, timeoutMs }: Asking,
  basic: string | undefined,
): Promise<string | undefined> {
  if (!URL.canParse(realm)) return undefined
  const url = checkedUrl(new URL(realm), origin)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const one of scope?.split(' ') ?? []) url.searchParams.append('scope', one)
  const answer = await exchange(
    url,
    { method: 'GET', url: url.href, mostBytes: largestToken },
    { shown: basic === undefined ? {} : { authorization: basic }, timeoutMs },
  )
  const token = answer.status === 200 ? tokenIn(answer.body) : undefined
  return token === undefined ? undefined : `Bearer ${token}`
}

function tokenIn(body: Uint8Array): string | undefined {
  try {
    const said = parseJson(body) as Readonly<Record<string, unknown>> | null
    const token = said?.['token'] ?? said?.['access_token']
    return typeof token === 'string' && /^[\w.~+/=-]{1,16384}$/.test(token) ? token : undefined
  } catch {
    return undefined
  }
}

function basicOf({ user, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function checkAllowed(answer: RegistryAnswer, registry: string): RegistryAnswer {
  if (answer.status === 401 || answer.status === 403) throw denied(registry)
  return answer
}

function denied(registry: string): Error {
  return refused(
    'REGISTRY_DENIED',
    `${registry} does not let this in`,
    `log in: docker login ${registry}; or ask for the right to this repository`,
  )
}
