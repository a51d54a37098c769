import type { ArchitectureOperation } from '../../model.ts'
import type { Notes } from '../field.ts'
import { operationNameOf, slugOf } from '../name.ts'
import type { Span } from './span.ts'

/** Span names should be few (OpenTelemetry, "Span", naming); with more, ids stand in them. */
const mostOperations = 300

/** What services were seen to do on request. */
export class SeenOperations {
  readonly #byService = new Map<string, Map<string, ArchitectureOperation>>()
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  add(span: Span): void {
    const { service } = span
    const operations = this.#byService.get(service) ?? new Map<string, ArchitectureOperation>()
    this.#byService.set(service, operations)
    const http = httpOf(span)
    const name = http === undefined ? nameOf(span) : operationNameOf(http.method, http.route)
    if (name === '' || operations.has(name)) return
    const evidence = span.evidence()
    if (operations.size >= mostOperations) {
      this.#notes.add(
        `${JSON.stringify(service)} has more than ${mostOperations} operations; the rest is not used`,
        evidence,
      )
      return
    }
    operations.set(name, {
      id: `${service}.${name}`,
      component: service,
      name,
      ...(http === undefined ? {} : { http: { value: `${http.method} ${http.route}`, evidence } }),
      evidence,
    })
  }

  all(): readonly ArchitectureOperation[] {
    return [...this.#byService.values()].flatMap((operations) => [...operations.values()])
  }
}

function httpOf(span: Span): { readonly method: string; readonly route: string } | undefined {
  const method = span.attribute('http.request.method', 'http.method')
  const route = span.attribute('http.route')
  return method === undefined || route === undefined ? undefined : { method: method.toUpperCase(), route }
}

/** The method of a remote procedure as it is; another name as a slug. */
function nameOf(span: Span): string {
  return span.attribute('rpc.method')?.split('/').at(-1) ?? slugOf(span.name)
}
