import type { Json, Problem } from '@plimsoll/base'
import { CallFailure, type CallFailureCode } from './errors.ts'

/** What problem details (RFC 9457) of another end tell of a call, as a failure; nothing in them is believed to have a shape. */
export function failureOf(status: number, problem: Json | undefined, target: string): CallFailure {
  const facts = isRecord(problem) ? problem : {}
  const code = codeOf(status, facts['code'])
  const detail = typeof facts['detail'] === 'string' ? facts['detail'].slice(0, 500) : `status ${status}`
  return new CallFailure(code, `${target}: ${detail}`, {
    target,
    status,
    problems: problemsOf(facts['errors']),
    notBegun: facts['code'] === 'DRAINING' || facts['code'] === 'OVERLOADED',
    overloaded: facts['code'] === 'OVERLOADED',
  })
}

/** The status decides; the problem's own code only tells apart what shares a status. */
function codeOf(status: number, code: Json | undefined): CallFailureCode {
  if (status === 503) return 'UNAVAILABLE'
  if (status === 504 || status === 408) return 'DEADLINE_EXCEEDED'
  if (status >= 500) return code === 'INVALID_OUTPUT' ? 'INVALID_OUTPUT' : 'INTERNAL'
  return code === 'INVALID_INPUT' ? 'INVALID_INPUT' : 'REFUSED'
}

function problemsOf(errors: Json | undefined): Problem[] {
  if (!Array.isArray(errors)) return []
  return errors
    .slice(0, 50)
    .filter(isRecord)
    .map(({ field, message }) => ({ message: textOf(message), place: { field: textOf(field) } }))
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, 500) : ''
}
