/** The head of an HTTP request, as it came. */
export interface RequestHead {
  /** `1.1` or `2.0`. */
  readonly httpVersion: string
  readonly method: string
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/** Why a message is refused before anybody looks at what it asks for. */
export interface HeadProblem {
  readonly status: 400 | 417 | 505
  /** For whoever sent it. */
  readonly detail: string
}

/** Header fields that decide something; of two, Node would keep one silently, and the next reader perhaps the other. */
const once: ReadonlySet<string> = new Set([
  ':authority',
  ':method',
  ':path',
  ':scheme',
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'transfer-encoding',
])
const host = /^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/
const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * What keeps a message from being plainly one HTTP/1.1 or HTTP/2 request; undefined where nothing does. Node's strict parsers have already
 * refused what is not HTTP at all, and a message with both a length and a transfer coding.
 */
export function headProblem({ httpVersion, method, rawHeaders }: RequestHead): HeadProblem | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '2.0')
    return { status: 505, detail: 'Send the request as HTTP/1.1 or HTTP/2.' }
  const values = new Map<string, string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (once.has(name) && values.has(name)) return ambiguous(`The header ${name} is there more than once.`)
    values.set(name, rawHeaders[at + 1] ?? '')
  }
  return hostProblem(values) ?? bodyProblem(method, values)
}

function hostProblem(values: ReadonlyMap<string, string>): HeadProblem | undefined {
  const authority = values.get(':authority')
  const named = values.get('host')
  if (authority !== undefined && named !== undefined && authority !== named)
    return ambiguous('The headers :authority and host name different hosts.')
  return host.test(authority ?? named ?? '') ? undefined : ambiguous('The header host must name this host.')
}

function bodyProblem(method: string, values: ReadonlyMap<string, string>): HeadProblem | undefined {
  if ((values.get('expect') ?? '100-continue').toLowerCase() !== '100-continue')
    return { status: 417, detail: 'Only 100-continue can be expected.' }
  if (values.has('upgrade')) return ambiguous('Another protocol is not offered here.')
  const announced = values.has('transfer-encoding') || Number(values.get('content-length') ?? 0) !== 0
  return bodyless.has(method) && announced ? ambiguous(`A ${method} has no body here.`) : undefined
}

function ambiguous(detail: string): HeadProblem {
  return { status: 400, detail }
}
