import { parseDuration, type InvalidInput, type Problem } from '@plimsoll/base'
import type { OperationDeclaration } from './contract.ts'
import { headOf, isBody } from './body.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'
import type { JsonSchema } from './document.ts'
import { parsePath, pathParameters } from './path.ts'
import { keyProblems, priorityProblems } from './overload-check.ts'
import { isSchema, objectSchema, schemaProblems, sideProblems } from './schema-check.ts'
import type { Schema } from './schema.ts'

const longestDeadlineMs = 300_000
const httpPattern = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/
const scopePattern = /^[a-z][a-z0-9-]*(?:[.:][a-z][a-z0-9-]*)*$/
const errorPattern = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/
const fields = new Set([
  'http',
  'summary',
  'input',
  'output',
  'errors',
  'access',
  'scopes',
  'deadline',
  'idempotent',
  'idempotencyKey',
  'priority',
  'objective',
])
const withoutBody: ReadonlySet<string> = new Set(['GET', 'DELETE'])
const idempotentMethods = new Set(['GET', 'PUT', 'DELETE'])

type Declared = Readonly<Record<string, unknown>>

/** Everything that is wrong with one operation; `field` is where it stands. Takes anything: not every user has types. */
export function operationProblems(operation: OperationDeclaration, field: string): readonly Problem[] {
  if (typeof operation !== 'object' || operation === null) {
    return [
      {
        message: 'an operation is an object',
        place: { field },
        fix: 'write { input, output, access, deadline }',
      },
    ]
  }
  const declared = operation as unknown as Declared
  return [
    ...unknownFields(declared, field),
    ...accessProblems(declared, field),
    ...deadlineProblems(declared, field),
    ...sideProblems(declared, field),
    ...errorProblems(declared, field),
    ...httpProblems(declared, field),
    ...keyProblems(declared, field),
    ...priorityProblems(declared, field),
    ...objectiveProblems(declared, field),
  ]
}

function unknownFields(declared: Declared, field: string): readonly Problem[] {
  return Object.keys(declared)
    .filter((key) => !fields.has(key))
    .map((key) => ({
      message: `an operation has no field ${JSON.stringify(key)}`,
      place: { field: `${field}.${key}` },
      fix: `take it away, or use one of ${[...fields].join(', ')}`,
    }))
}

function accessProblems({ access, scopes }: Declared, field: string): readonly Problem[] {
  if (access !== 'services' && access !== 'consumers' && access !== 'public') {
    const message =
      access === undefined
        ? 'nothing says who may call the operation'
        : `${JSON.stringify(access)} is no access`
    const fix = "write access: 'services', 'consumers' or 'public'; there is no default that opens anything"
    return [{ message, place: { field: `${field}.access` }, fix }]
  }
  const place = { field: `${field}.scopes` }
  if (scopes !== undefined && !isListOf(scopes, scopePattern)) {
    return [{ message: 'scopes are a list of names', place, fix: "write scopes: ['orders:write']" }]
  }
  const count = isListOf(scopes, scopePattern) ? scopes.length : 0
  if (access === 'consumers' && count === 0) {
    return [
      { message: 'an operation for consumers needs a scope', place, fix: "add scopes: ['orders:write']" },
    ]
  }
  if (access === 'public' && count > 0) {
    return [
      {
        message: 'a public operation cannot ask for scopes',
        place,
        fix: "take scopes away, or write access: 'consumers'",
      },
    ]
  }
  return []
}

function deadlineProblems({ deadline, idempotent }: Declared, field: string): readonly Problem[] {
  const problems: Problem[] = []
  if (idempotent !== undefined && typeof idempotent !== 'boolean') {
    problems.push({
      message: 'idempotent is true or false',
      place: { field: `${field}.idempotent` },
      fix: 'write idempotent: true',
    })
  }
  const place = { field: `${field}.deadline` }
  if (typeof deadline !== 'string') {
    const fix = "write the longest that an answer takes, such as deadline: '250ms'"
    return [...problems, { message: 'the operation has no deadline', place, fix }]
  }
  try {
    if (parseDuration(deadline, place.field) > longestDeadlineMs) {
      problems.push({ message: `${deadline} is longer than a call may take`, place, fix: 'write at most 5m' })
    }
  } catch (error) {
    problems.push(...(error as InvalidInput).problems)
  }
  return problems
}

function errorProblems({ errors }: Declared, field: string): readonly Problem[] {
  if (errors === undefined) return []
  if (typeof errors !== 'object' || errors === null) {
    return [
      {
        message: 'errors is an object',
        place: { field: `${field}.errors` },
        fix: 'write errors: { UNKNOWN_SKU: { status: 404 } }',
      },
    ]
  }
  return Object.entries(errors as Declared).flatMap(([code, error]) =>
    oneErrorProblems(code, error, `${field}.errors.${code}`),
  )
}

function oneErrorProblems(code: string, error: unknown, field: string): readonly Problem[] {
  const problems: Problem[] = []
  if (!errorPattern.test(code) || code === 'UNAVAILABLE') {
    problems.push({
      message: `${JSON.stringify(code)} is no code of an error`,
      place: { field },
      fix: 'write capitals, digits and _; UNAVAILABLE is taken',
    })
  }
  const { status, data, ...others } = (error ?? {}) as Declared
  for (const key of Object.keys(others)) {
    problems.push({
      message: `an error has no field ${JSON.stringify(key)}`,
      place: { field: `${field}.${key}` },
      fix: 'take it away, or use status and data',
    })
  }
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) {
    problems.push({
      message: 'the error has no status',
      place: { field: `${field}.status` },
      fix: 'write an HTTP status from 400 to 599',
    })
  }
  return data === undefined ? problems : [...problems, ...schemaProblems(data, 'output', `${field}.data`)]
}

function httpProblems({ http, idempotent, input }: Declared, field: string): readonly Problem[] {
  if (http === undefined) return []
  const place = { field: `${field}.http` }
  const [, method, path] = httpPattern.exec(typeof http === 'string' ? http : '') ?? []
  if (method === undefined || path === undefined || parsePath(path) === undefined) {
    const fix = "write a method and a path, such as 'GET /quotes/{sku}'"
    return [{ message: `${JSON.stringify(http)} is no address`, place, fix }]
  }
  return [
    ...methodProblems({ idempotent, input }, method, { field, place }),
    ...headProblems(input, { method, path, place }),
  ]
}

function methodProblems(
  { idempotent, input }: Declared,
  method: string,
  { field, place }: { readonly field: string; readonly place: { readonly field: string } },
): readonly Problem[] {
  const problems: Problem[] = []
  if (idempotent === false && idempotentMethods.has(method)) {
    const message = `${method} means that a repeated call has the same effect as one (RFC 9110), but idempotent is false`
    problems.push({
      message,
      place: { field: `${field}.idempotent` },
      fix: 'use POST or PATCH, or take idempotent away',
    })
  }
  if (isBody(input) && withoutBody.has(method)) {
    const fix = 'use POST, PUT or PATCH'
    problems.push({ message: `a ${method} has no body, and the input needs one`, place, fix })
  }
  return problems
}

function headProblems(
  input: unknown,
  {
    method,
    path,
    place,
  }: { readonly method: string; readonly path: string; readonly place: { readonly field: string } },
): readonly Problem[] {
  const head = isBody(input) ? headOf(input) : input
  const schema = isSchema(head) ? objectSchemaOrNothing(head) : undefined
  if (schema === undefined) return []
  // A body that is not the input itself leaves its members to the path and the query.
  const inQuery = isBody(input) || withoutBody.has(method)
  return parameterProblems(schema, { inQuery, path, place })
}

function objectSchemaOrNothing(input: Schema): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectSchema(input)
  } catch {
    return undefined
  }
}

function parameterProblems(
  schema: Readonly<Record<string, unknown>>,
  address: { readonly inQuery: boolean; readonly path: string; readonly place: { readonly field: string } },
): readonly Problem[] {
  const { inQuery, path, place } = address
  const problems: Problem[] = []
  const inPath = pathParameters(path)
  for (const name of inPath.filter((parameter) => !isRequiredScalar(parameter, schema))) {
    const message = `{${name}} in the path is no required text or number of the input`
    problems.push({ message, place, fix: `add ${name} to the input, or take it out of the path` })
  }
  if (new Set(inPath).size < inPath.length) {
    problems.push({ message: 'a parameter stands twice in the path', place, fix: 'name each parameter once' })
  }
  if (!inQuery) return problems
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    if (inPath.includes(name) || isScalarOrList(property as JsonSchema, schema)) continue
    const message = `${name} cannot stand in the query: it is neither a text, a number, a boolean nor a list of them`
    problems.push({ message, place, fix: 'use POST or PUT, whose body is the input' })
  }
  return problems
}

function propertiesOf(schema: Declared): Declared {
  return isSchemaObject(schema['properties']) ? schema['properties'] : {}
}

function isRequiredScalar(name: string, schema: Declared): boolean {
  const properties = propertiesOf(schema)
  const required = Array.isArray(schema['required']) && schema['required'].includes(name)
  return required && Object.hasOwn(properties, name) && isScalar(properties[name] as JsonSchema, schema)
}

function isScalar(schema: JsonSchema, root: JsonSchema): boolean {
  const resolved = resolveReference(schema, root)
  if (!isSchemaObject(resolved)) return false
  const constant = resolved['const'] ?? (Array.isArray(resolved['enum']) ? resolved['enum'][0] : undefined)
  const type = resolved['type'] ?? typeof constant
  return typeof type === 'string' && ['string', 'number', 'integer', 'boolean'].includes(type)
}

function isScalarOrList(schema: JsonSchema, root: JsonSchema): boolean {
  if (isScalar(schema, root)) return true
  const resolved = resolveReference(schema, root)
  return (
    isSchemaObject(resolved) &&
    resolved['type'] === 'array' &&
    isScalar(resolved['items'] as JsonSchema, root)
  )
}

function objectiveProblems({ objective }: Declared, field: string): readonly Problem[] {
  if (objective === undefined || (typeof objective === 'number' && objective > 0 && objective < 1)) return []
  const fix = 'write a share of all calls, such as 0.999'
  return [{ message: 'the objective is no availability', place: { field: `${field}.objective` }, fix }]
}

function isListOf(value: unknown, pattern: RegExp): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && pattern.test(item))
}
