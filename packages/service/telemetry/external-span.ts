import { childOf, formatTraceparent } from '../traceparent.ts'
import { activeScope, activeTrace } from './call-scope.ts'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Keeps a span of a request to an external, and tells the external the place in the chain, where the handler does not itself. Neither path nor
 * query is kept: they may hold what nobody is to read. `tracestate` stays inside, because it is others' business.
 */
export async function seen(
  external: string,
  init: RequestInit | undefined,
  fetch: (init: RequestInit | undefined) => Promise<Response>,
): Promise<Response> {
  const scope = activeScope()
  if (scope === undefined) return fetch(init)
  const { telemetry } = scope
  const trace = childOf(activeTrace(scope.trace))
  const asked = (init?.method ?? 'GET').toUpperCase()
  const name = `${methods.has(asked) ? asked : '_OTHER'} ${external}`
  const begun = telemetry.begin('fetched')
  const headers = new Headers(init?.headers)
  if (!headers.has('traceparent')) headers.set('traceparent', formatTraceparent(trace))
  try {
    const response = await fetch({ ...init, headers })
    const { status } = response
    telemetry.end('fetched', begun, { trace, name, code: String(status), failed: status >= 400, status })
    return response
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'INTERNAL'
    telemetry.end('fetched', begun, { trace, name, code, failed: true })
    throw thrown
  }
}
