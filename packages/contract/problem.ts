import type { Problem } from '@plimsoll/base'

/** Problem details for HTTP APIs (RFC 9457), with the members that Plimsoll adds. */
export interface ProblemDetails {
  /** `about:blank`: the title says what the status says. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  /** A code that programs can rely on. */
  readonly code?: string
  /** What is wrong with the input, by field. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[]
  /** What a declared error tells. */
  readonly data?: unknown
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
}

export interface ProblemFacts {
  readonly detail?: string | undefined
  readonly code?: string | undefined
  readonly problems?: readonly Problem[] | undefined
  readonly data?: unknown
}

/** Names of fields may be a caller's own: an answer does not grow with what came in. As the OpenAPI document has it. */
export const problemBounds = { errors: 50, field: 200, text: 1_000, code: 100 } as const

/** The body of an answer that is no success. It tells what it is given and nothing else: no cause, no stack, no fix. */
export function problemDetails(status: number, facts: ProblemFacts = {}): ProblemDetails {
  const { code, problems, data } = facts
  const detail = facts.detail?.slice(0, problemBounds.text)
  const errors = problems?.slice(0, problemBounds.errors).map(({ message, place }) => ({
    field: (place?.field ?? '').slice(0, problemBounds.field),
    message: message.slice(0, problemBounds.text),
  }))
  return {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(code === undefined ? {} : { code }),
    ...(errors === undefined ? {} : { errors }),
    ...(data === undefined ? {} : { data }),
  }
}
