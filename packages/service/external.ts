import type { ExternalUse } from '@plimsoll/contract'
import type { Deadline } from './deadline.ts'
import { CallFailure, CallRefusal, WorkloadFailure } from './errors.ts'
import { pauseAfter, pauseUnlessEnded } from './resilience/backoff.ts'
import { RetryBudget } from './resilience/retry-budget.ts'
import { seen } from './telemetry/external-span.ts'

/** Calls one external, within what the calling operation has left. */
export type ExternalFetch = (
  path: string,
  init: RequestInit | undefined,
  deadline: Deadline,
) => Promise<Response>

export interface ExternalOptions {
  readonly use: ExternalUse
  /** Where it is, as the architecture says. */
  readonly url: string | undefined
  /** Largest body that is read, in bytes. Default 1 MiB. */
  readonly maxBytes?: number
}

/** Methods that RFC 9110, section 9.2.2, calls idempotent. */
const idempotentMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])
const idempotencyKeyHeader = 'idempotency-key'
const statusesWithoutBody = new Set([101, 204, 205, 304])

/**
 * `fetch`, bound to the external's address and below its path, without redirects, bounded in time and size.
 * @throws {WorkloadFailure} `EXTERNAL_ADDRESS` where the architecture gives none that can be used.
 */
export function createExternalFetch(options: ExternalOptions): ExternalFetch {
  const { use, maxBytes = 1_048_576 } = options
  const base = baseUrl(use.external, options.url)
  const budget = new RetryBudget()
  return async (path, given, deadline) => {
    const url = resolveBelow(base, path, use.external)
    return seen(use.external, given, (init) => fetchOften(url, init, deadline))
  }

  async function fetchOften(url: URL, init: RequestInit | undefined, deadline: Deadline): Promise<Response> {
    const attempts = isRepeatable(init) ? use.attempts : 1
    budget.deposit()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return bounded(await fetch(url, boundInit(init, use, deadline)), maxBytes, use.external)
      } catch (thrown) {
        const failure = failureOf(thrown, use, deadline, init)
        const pause = pauseAfter(attempt)
        const again = failure.code === 'UNAVAILABLE' && attempt < attempts && pause < deadline.remaining()
        if (!again || !budget.withdraw()) throw failure
        await new Promise<void>((resolve) => pauseUnlessEnded(pause, deadline, resolve))
      }
    }
  }
}

/** By its method, or by a key (draft-ietf-httpapi-idempotency-key-header) with which the external tells a repetition from a second call. */
function isRepeatable(init: RequestInit | undefined): boolean {
  return (
    idempotentMethods.has((init?.method ?? 'GET').toUpperCase()) ||
    (new Headers(init?.headers).get(idempotencyKeyHeader) ?? '') !== ''
  )
}

function baseUrl(name: string, text: string | undefined): URL {
  const url = text === undefined ? null : URL.parse(text)
  const usable =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (usable) return url
  throw new WorkloadFailure('EXTERNAL_ADDRESS', `the external ${name} has no usable address`, {
    place: { field: `externals.${name}.url` },
    fix: 'give it an http or https address without credentials, query or fragment',
  })
}

/**
 * The address of a path below a base.
 * @throws {CallRefusal} `EXTERNAL_PATH` where the path would leave the base, however it is written.
 */
export function resolveBelow(base: URL, path: string, name: string): URL {
  const refuse = (why: string) =>
    new CallRefusal('EXTERNAL_PATH', `the path for ${name} ${why}`, {
      fix: 'give a path that begins with one slash, such as /charges/42?currency=EUR; encode what comes from outside',
    })
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//'))
    throw refuse('must begin with one slash')
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  if (/[\\\u0000-\u0020\u007f#]/.test(path))
    throw refuse('holds a backslash, a blank, a control character or a fragment')
  const [pathname = ''] = path.split('?', 1)
  if (pathname.split('/').some(leavesFolder)) throw refuse('holds a dot segment')
  const prefix = base.pathname.replace(/\/+$/, '')
  const url = new URL(`${base.origin}${prefix}${path}`)
  if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) throw refuse('leaves its address')
  return url
}

/** Also where it is percent-encoded, once or more, as some servers decode before they look. */
function leavesFolder(segment: string): boolean {
  let decoded = segment
  for (let round = 0; round < 3; round += 1)
    decoded = decoded.replace(/%(2e|2f|5c|25)/gi, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return decoded.split(/[/\\]/).some((part) => part === '.' || part === '..')
}

function boundInit(init: RequestInit | undefined, use: ExternalUse, deadline: Deadline): RequestInit {
  const limits = [deadline.signal, AbortSignal.timeout(use.timeoutMs)]
  const headers = new Headers(init?.headers)
  const own = Array.from(headers.keys()).filter((name) => name.startsWith('plimsoll-'))
  for (const name of own) headers.delete(name)
  return {
    ...init,
    headers,
    redirect: 'error',
    signal: AbortSignal.any(init?.signal ? [...limits, init.signal] : limits),
  }
}

/** The same response, with a body that fails where it is larger than allowed. */
function bounded(response: Response, maxBytes: number, name: string): Response {
  if (response.body === null || statusesWithoutBody.has(response.status)) return response
  let size = 0
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(name, maxBytes)
      controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}

function tooLarge(name: string, maxBytes: number): CallFailure {
  return new CallFailure('INVALID_OUTPUT', `the answer of ${name} is larger than ${maxBytes} bytes`, {
    target: name,
  })
}

function failureOf(
  thrown: unknown,
  use: ExternalUse,
  deadline: Deadline,
  init: RequestInit | undefined,
): CallFailure {
  const target = use.external
  if (thrown instanceof CallFailure) return thrown
  if (init?.signal?.aborted === true)
    return new CallFailure('CANCELLED', `the call of ${target} was cancelled`, { target, cause: thrown })
  const late = deadline.remaining() === 0 || (thrown instanceof Error && thrown.name === 'TimeoutError')
  return late
    ? new CallFailure('DEADLINE_EXCEEDED', `${target}: no answer in time`, { target, cause: thrown })
    : new CallFailure('UNAVAILABLE', `${target} cannot be reached, or answered with a redirect`, {
        target,
        cause: thrown,
      })
}
