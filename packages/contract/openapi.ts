import type { BodyDocument, ContractDocument, JsonSchema, OperationDocument } from './document.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'
import { hoist, type Part } from './openapi-schemas.ts'
import { pathParameters, pathShape } from './path.ts'
import { problemBounds } from './problem.ts'

/** An OpenAPI 3.1 document as plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>

export interface OpenApiOptions {
  /** Where the operations are, such as `https://api.example`. */
  readonly serverUrl: string
  /** True: operations for services alone are described too. Default false. */
  readonly internal?: boolean
}

const descriptions: Readonly<Record<number, string>> = {
  400: 'The input does not fit',
  401: 'There is no valid API key',
  403: 'The key does not allow this',
  404: 'There is nothing at this address',
  429: 'Too many requests',
  500: 'The service broke',
  503: 'Nobody can answer right now',
  504: 'The deadline has passed',
}

/** One OpenAPI 3.1.1 document for the operations of some contracts. */
export function openApi(
  contracts: ContractDocument | readonly ContractDocument[],
  options: OpenApiOptions,
): OpenApiDocument {
  const documents = Array.isArray(contracts)
    ? (contracts as readonly ContractDocument[])
    : [contracts as ContractDocument]
  const schemas: Record<string, unknown> = { Problem: problemSchema }
  return {
    openapi: '3.1.1',
    info: infoOf(documents),
    servers: [{ url: options.serverUrl }],
    tags: documents.map(({ name, summary }) => ({ name, description: summary ?? `Operations of ${name}` })),
    paths: pathsOf(documents, options, schemas),
    components: {
      schemas,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, plk_…' } },
    },
  }
}

function infoOf(documents: readonly ContractDocument[]): unknown {
  const [single] = documents
  if (single === undefined || documents.length > 1) return { title: 'Services', version: '1.0.0', license }
  const { name, version, summary } = single
  return { title: name, version, license, ...(summary === undefined ? {} : { description: summary }) }
}

/** Who may call is a matter of keys; the document itself grants nothing. */
const license = { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' }

/** Path items. Templates that match the same addresses are one path, under the names of the first (OpenAPI 3.1, Paths Object). */
function pathsOf(
  documents: readonly ContractDocument[],
  { internal = false }: OpenApiOptions,
  schemas: Record<string, unknown>,
): Readonly<Record<string, unknown>> {
  const templates = new Map<string, string>()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const contract of documents) {
    for (const [name, operation] of Object.entries(contract.operations)) {
      if (operation.access === 'services' && !internal) continue
      const { method, path } = operation.http
      const template = templates.get(pathShape(path)) ?? path
      templates.set(pathShape(path), template)
      const item = (paths[template] ??= {})
      item[method.toLowerCase()] = describe({ contract, name, operation, template, schemas })
    }
  }
  return paths
}

interface Described {
  readonly contract: ContractDocument
  readonly name: string
  readonly operation: OperationDocument
  /** Path under which the document has it. */
  readonly template: string
  /** Of the whole document; filled on the way. */
  readonly schemas: Record<string, unknown>
}

function describe(described: Described): unknown {
  const { contract, name, operation } = described
  const { summary, access, scopes, deadlineMs, idempotent, dataIn, dataOut } = operation
  const body = requestBody(described)
  return {
    operationId: `${contract.name}.${name}`,
    tags: [contract.name],
    summary: summary ?? `Call ${contract.name}.${name}`,
    parameters: parameters(described),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responses(described),
    security: access === 'public' ? [] : [{ apiKey: [...scopes] }],
    'x-plimsoll': { access, scopes, deadlineMs, idempotent, dataIn, dataOut },
  }
}

function parameters(described: Described): unknown[] {
  const { operation, template } = described
  const inPath = pathParameters(operation.http.path)
  const names = pathParameters(template)
  const { properties, required } = membersOf(operation.input)
  const inQuery =
    hasBody(operation) && operation.inputBody === undefined
      ? []
      : Object.keys(properties).filter((name) => !inPath.includes(name))
  const schemaOf = (name: string) => hoistInput(properties[name] ?? {}, described)
  return [
    ...inPath.map((name, at) => ({
      name: names[at] ?? name,
      in: 'path',
      required: true,
      schema: schemaOf(name),
    })),
    ...inQuery.map((name) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: schemaOf(name),
    })),
  ]
}

function requestBody(described: Described): unknown {
  const { operation } = described
  if (operation.inputBody !== undefined) {
    const { inputBody } = operation
    return { required: true, content: bodyContent(inputBody, described, 'Item'), ...bodyExtension(inputBody) }
  }
  if (!hasBody(operation)) return undefined
  const inPath = pathParameters(operation.http.path)
  const { properties, required, rest } = membersOf(operation.input)
  const left = Object.entries(properties).filter(([name]) => !inPath.includes(name))
  const needed = required.filter((name) => !inPath.includes(name))
  const schema = {
    ...rest,
    type: 'object',
    properties: Object.fromEntries(left),
    ...(needed.length === 0 ? {} : { required: needed }),
  }
  return {
    required: needed.length > 0,
    content: { 'application/json': { schema: hoistInput(schema, described) } },
  }
}

function responses(described: Described): unknown {
  const { operation } = described
  const { access, output, errors } = operation
  const { outputBody } = operation
  const found: Record<string, unknown> = {
    200:
      outputBody === undefined
        ? {
            description: 'Done',
            content: { 'application/json': { schema: hoist(output, partOf(described, 'Output', output)) } },
          }
        : {
            description: outputBody.kind === 'stream' ? 'Items, one after the other' : 'The file',
            content: outputContent(outputBody, described),
            ...bodyExtension(outputBody),
          },
  }
  const usual = [400, ...(access === 'public' ? [] : [401, 403]), 429, 500, 503, 504]
  for (const status of usual) found[status] = problemResponse(descriptions[status] ?? '', problemReference)
  const statuses = [...new Set(Object.values(errors).map(({ status }) => status))]
  for (const status of statuses) {
    const declared = Object.entries(errors).filter(([, error]) => error.status === status)
    const variants = declared.map(([code, { data }]) => declaredProblem(code, data, described))
    const all = usual.includes(status) ? [problemReference, ...variants] : variants
    const schema = all.length === 1 ? all[0] : { anyOf: all }
    found[status] = problemResponse(declared.map(([code]) => code).join(' or '), schema)
  }
  return found
}

/** Of a stream the schema of one item, which is one line: OpenAPI 3.1 has no word for a sequence. */
function bodyContent(body: BodyDocument, described: Described, part: string): Record<string, unknown> {
  if (body.kind === 'stream')
    return { 'application/x-ndjson': { schema: hoist(body.item, partOf(described, part, body.item)) } }
  return Object.fromEntries(body.types.map((type) => [type, { schema: {} }]))
}

function outputContent(body: BodyDocument, described: Described): Record<string, unknown> {
  const content = bodyContent(body, described, 'Output')
  if (body.kind === 'file') return content
  return { ...content, 'text/event-stream': { schema: eventSchema } }
}

const eventSchema = {
  description:
    'Server-sent events: each message has one item as JSON; `end` follows the last one, `problem` (RFC 9457) stands in the place of the rest',
  type: 'string',
}

/** What JSON Schema cannot say of a body. */
function bodyExtension(body: BodyDocument): Record<string, unknown> {
  const { item: _item, types: _types, ...bounds }: Record<string, unknown> = { ...body }
  return { 'x-plimsoll-body': bounds }
}

function declaredProblem(code: string, data: JsonSchema | undefined, described: Described): unknown {
  return {
    allOf: [problemReference],
    type: 'object',
    properties: {
      code: { const: code },
      ...(data === undefined ? {} : { data: hoist(data, partOf(described, code, data)) }),
    },
    required: ['code', ...(data === undefined ? [] : ['data'])],
  }
}

const problemReference = { $ref: '#/components/schemas/Problem' }

const problemSchema = {
  description: 'Problem details (RFC 9457)',
  type: 'object',
  properties: {
    type: { type: 'string', maxLength: 200 },
    title: { type: 'string', maxLength: 200 },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', maxLength: problemBounds.text },
    code: { type: 'string', maxLength: problemBounds.code },
    errors: {
      type: 'array',
      maxItems: problemBounds.errors,
      items: {
        type: 'object',
        properties: {
          field: { type: 'string', maxLength: problemBounds.field },
          message: { type: 'string', maxLength: problemBounds.text },
        },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status'],
}

function problemResponse(description: string, schema: unknown): unknown {
  return { description, content: { 'application/problem+json': { schema } } }
}

function hasBody({ http }: OperationDocument): boolean {
  return http.method !== 'GET' && http.method !== 'DELETE'
}

function membersOf(schema: JsonSchema) {
  const resolved = resolveReference(schema, schema)
  const object = isSchemaObject(resolved) ? resolved : {}
  const { properties, required, type: _type, $defs: _definitions, ...rest } = object
  return {
    properties: (isSchemaObject(properties) ? properties : {}) as Readonly<Record<string, JsonSchema>>,
    required: Array.isArray(required) ? (required as readonly string[]) : [],
    rest:
      isSchemaObject(schema) && schema['$defs'] !== undefined ? { ...rest, $defs: schema['$defs'] } : rest,
  }
}

/** A part of the input; its references lead into the whole of it. */
function hoistInput(schema: unknown, described: Described): unknown {
  return hoist(schema, partOf(described, 'Input', described.operation.input))
}

/** Codes of errors are in capitals: they never meet `Input` and `Output`. */
function partOf({ contract, name, schemas }: Described, part: string, root: JsonSchema): Part {
  return { prefix: `${contract.name}.${name}.${part}`, root, schemas }
}
