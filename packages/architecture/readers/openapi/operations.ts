import type { ArchitectureOperation, Fact } from '../../model.ts'
import type { Field } from '../field.ts'
import { operationNameOf } from '../name.ts'
import type { DataClasses } from './data.ts'
import type { References } from './references.ts'
import { securityOf, type DocumentSecurity } from './security.ts'

/** Methods of OpenAPI, each with what RFC 9110, section 9.2, says of it. */
const methods: Readonly<Record<string, { readonly safe: boolean; readonly idempotent: boolean }>> = {
  get: { safe: true, idempotent: true },
  head: { safe: true, idempotent: true },
  options: { safe: true, idempotent: true },
  trace: { safe: true, idempotent: true },
  put: { safe: false, idempotent: true },
  delete: { safe: false, idempotent: true },
  post: { safe: false, idempotent: false },
  patch: { safe: false, idempotent: false },
}

/** What the operations of one document have in common. */
export interface Surroundings {
  readonly component: string
  readonly basePath: string
  readonly security: DocumentSecurity
  readonly references: References
  readonly data: DataClasses
}

export function operationsOf(root: Field, around: Surroundings): readonly ArchitectureOperation[] {
  const operations = new Map<string, ArchitectureOperation>()
  if (!root.at('paths').present) return []
  for (const [path, written] of root.at('paths').members()) {
    const item = path.startsWith('x-') ? undefined : around.references.resolve(written)
    for (const method of Object.keys(methods)) {
      const field = item?.at(method)
      if (item === undefined || field?.present !== true) continue
      const operation = operationOf({ path, method, field, item }, around)
      if (operations.has(operation.id)) field.note('another operation has the same name; this is not used')
      else operations.set(operation.id, operation)
    }
  }
  return [...operations.values()]
}

interface Written {
  readonly path: string
  readonly method: string
  readonly field: Field
  /** The path item around it. */
  readonly item: Field
}

function operationOf(written: Written, around: Surroundings): ArchitectureOperation {
  const { path, method, field } = written
  const name = field.at('operationId').text() ?? operationNameOf(method, path)
  const safe = methods[method]?.safe === true
  const dataIn = around.data.of(inputsOf(written, around))
  const dataOut = around.data.of(outputsOf(written, around))
  return {
    id: `${around.component}.${name}`,
    component: around.component,
    name,
    http: field.fact(`${method.toUpperCase()} ${around.basePath}${path}`),
    safe: field.fact(safe),
    idempotent: idempotentOf(written, around),
    ...securityOf(field, around.security, around.references),
    ...(dataIn === undefined ? {} : { dataIn }),
    ...(dataOut === undefined ? {} : { dataOut }),
    evidence: field.evidence(),
  }
}

/** By its method; or by a key that callers repeat (the Idempotency-Key header of the IETF's httpapi working group). */
function idempotentOf(written: Written, around: Surroundings): Fact<boolean> {
  if (methods[written.method]?.idempotent === true) return written.field.fact(true)
  const key = parametersOf(written, around).find(
    (parameter) =>
      parameter.at('in').value === 'header' && /^idempotency-key$/i.test(parameter.at('name').text() ?? ''),
  )
  return key === undefined ? written.field.fact(false, 'inferred') : key.fact(true, 'inferred')
}

function parametersOf({ field, item }: Written, { references }: Surroundings): readonly Field[] {
  return [item.at('parameters'), field.at('parameters')]
    .filter(({ present }) => present)
    .flatMap((list) => list.items())
    .flatMap((parameter) => references.resolve(parameter) ?? [])
}

function inputsOf(written: Written, around: Surroundings): readonly Field[] {
  const body = around.references.resolve(written.field.at('requestBody'))
  return [...parametersOf(written, around), ...(body?.present === true ? [body, ...contentsOf(body)] : [])]
}

function outputsOf({ field }: Written, { references }: Surroundings): readonly Field[] {
  if (!field.at('responses').present) return []
  return field
    .at('responses')
    .members()
    .flatMap(([, written]) => references.resolve(written) ?? [])
    .flatMap((response) => [response, ...contentsOf(response)])
}

/** Its media types (OpenAPI 3); in Swagger 2 the schema stands in the response or the parameter itself. */
function contentsOf(field: Field): readonly Field[] {
  return field.at('content').present
    ? field
        .at('content')
        .members()
        .map(([, media]) => media)
    : []
}

/** True where an operation answers that a caller asks too much: 429 of RFC 6585, or the headers of a limit. */
export function limitsCallers(root: Field, references: References): Field | undefined {
  if (!root.at('paths').present) return undefined
  for (const [, written] of root.at('paths').members()) {
    const item = references.resolve(written)
    for (const method of Object.keys(methods)) {
      const responses = item?.at(method).at('responses')
      const limited = responses?.present === true ? limitedResponse(responses, references) : undefined
      if (limited !== undefined) return limited
    }
  }
  return undefined
}

function limitedResponse(responses: Field, references: References): Field | undefined {
  for (const [status, written] of responses.members()) {
    if (status === '429') return written
    const headers = references.resolve(written)?.at('headers')
    if (headers?.present !== true) continue
    const header = headers.members().find(([name]) => /^(?:x-)?ratelimit-(?:limit|policy)$/i.test(name))
    if (header !== undefined) return header[1]
  }
  return undefined
}
