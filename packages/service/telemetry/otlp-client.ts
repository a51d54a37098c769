import { setTimeout as pause } from 'node:timers/promises'
import type { OtlpJson } from './otlp.ts'

/** How a request ended. */
export type Delivery =
  | { readonly kind: 'taken'; readonly rejected: number }
  | { readonly kind: 'refused'; readonly why: string }

export interface DeliveryOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Ends it early. */
  readonly signal: AbortSignal
  /** Default 5. */
  readonly attempts?: number
  /** Pause before the second attempt; it doubles. Default 1 s. */
  readonly firstPauseMs?: number
}

const longestPauseMs = 30_000
const longestAnswer = 65_536
/** What the OTLP specification calls retryable ("OTLP/HTTP Response", "Retryable Response Codes"). */
const retryable = new Set([429, 502, 503, 504])

/** Sends one OTLP request, again and again with growing pauses where the receiver says that it helps. Never throws. */
export async function deliver(url: string, body: OtlpJson, options: DeliveryOptions): Promise<Delivery> {
  const { attempts = 5, firstPauseMs = 1_000, signal } = options
  const text = JSON.stringify(body)
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(url, text, options)
    if (outcome.kind !== 'later') return outcome
    if (attempt >= attempts || signal.aborted) return { kind: 'refused', why: outcome.why }
    const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1))
    const wait = outcome.afterMs ?? growing * (0.5 + Math.random() / 2)
    await pause(Math.min(wait, longestPauseMs), undefined, { signal, ref: false }).catch(() => undefined)
  }
}

type Attempt =
  | Delivery
  | { readonly kind: 'later'; readonly why: string; readonly afterMs?: number | undefined }

async function attemptOnce(url: string, text: string, options: DeliveryOptions): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...options.headers, 'content-type': 'application/json' },
      body: text,
      redirect: 'error',
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
    })
    const answer = await readAnswer(response)
    if (response.ok) return { kind: 'taken', rejected: rejectedOf(answer) }
    const why = String(response.status)
    return retryable.has(response.status)
      ? { kind: 'later', why, afterMs: retryAfter(response.headers.get('retry-after')) }
      : { kind: 'refused', why }
  } catch (thrown) {
    // The message may quote the address or a header; the kind of the error is enough.
    return { kind: 'later', why: thrown instanceof Error ? thrown.name : 'Error' }
  }
}

/** The answer's text, as far as it is worth reading. */
async function readAnswer({ body }: Response): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > longestAnswer) break
  }
  return text
}

/** How many spans or data points the receiver took nothing of ("Partial Success"). */
function rejectedOf(answer: string): number {
  try {
    const { partialSuccess = {} } = JSON.parse(answer) as { partialSuccess?: Record<string, unknown> }
    const count = Number(partialSuccess['rejectedSpans'] ?? partialSuccess['rejectedDataPoints'] ?? 0)
    return Number.isSafeInteger(count) && count > 0 ? count : 0
  } catch {
    return 0
  }
}

/** Milliseconds of the header `retry-after` (RFC 9110, section 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
