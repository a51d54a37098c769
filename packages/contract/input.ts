import type { Json, Problem } from '@plimsoll/base'
import type { JsonSchema, OperationDocument } from './document.ts'
import { throwProblems } from './errors.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'

/** The parts of an HTTP request that an operation's input comes from. */
export interface InputParts {
  readonly pathParameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The parsed JSON body; undefined where there was none. */
  readonly body: Json | undefined
}

const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const integerPattern = /^-?(?:0|[1-9]\d{0,15})$/

/**
 * An operation's input, put together: path parameters; for GET and DELETE, and where the body is a stream or a file, the query; for the
 * others the members of the body. Text is converted by the schema's types and by nothing else. The result is not yet checked against the schema.
 * @throws {InvalidInput} `INPUT` where a part is not declared, stands twice or is not of its type.
 */
export function decodeInput(operation: OperationDocument, parts: InputParts): Json {
  const { method } = operation.http
  const fromQuery = method === 'GET' || method === 'DELETE' || operation.inputBody !== undefined
  const schema = propertiesOf(operation.input)
  const problems: Problem[] = []
  const input: Record<string, Json> = Object.create(null) as Record<string, Json>
  if (fromQuery) readQuery({ ...parts, schema, root: operation.input, input, problems })
  else readBody({ ...parts, input, problems })
  for (const [name, text] of Object.entries(parts.pathParameters)) {
    input[name] = convert(name, text, schema[name], { root: operation.input, problems })
  }
  throwProblems('INPUT', problems)
  return { ...input }
}

interface Reading extends InputParts {
  readonly input: Record<string, Json>
  readonly problems: Problem[]
}

function readQuery({
  query,
  pathParameters,
  schema,
  root,
  input,
  problems,
}: Reading & { schema: Properties; root: JsonSchema }): void {
  for (const name of new Set(query.keys())) {
    const property = Object.hasOwn(schema, name) ? schema[name] : undefined
    if (property === undefined || Object.hasOwn(pathParameters, name)) {
      problems.push({
        message: 'there is no such parameter',
        place: { field: name },
        fix: 'take it out of the query',
      })
      continue
    }
    const texts = query.getAll(name)
    const items = itemsOf(property, root)
    if (items !== undefined) {
      input[name] = texts.map((text) => convert(name, text, items, { root, problems }))
    } else if (texts.length > 1) {
      problems.push({ message: 'the parameter stands twice', place: { field: name }, fix: 'give it once' })
    } else {
      input[name] = convert(name, texts[0] ?? '', property, { root, problems })
    }
  }
}

function readBody({ query, pathParameters, body, input, problems }: Reading): void {
  for (const name of new Set(query.keys())) {
    problems.push({
      message: 'this operation takes nothing from the query',
      place: { field: name },
      fix: 'put it into the body',
    })
  }
  if (body === undefined) return
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    problems.push({
      message: 'the body is no JSON object',
      fix: 'send an object with the members of the input',
    })
    return
  }
  for (const [name, value] of Object.entries(body as Readonly<Record<string, Json>>)) {
    if (Object.hasOwn(pathParameters, name)) {
      const message = 'the path says this already'
      problems.push({ message, place: { field: name }, fix: 'take it out of the body' })
    } else {
      input[name] = value
    }
  }
}

type Properties = Readonly<Record<string, JsonSchema>>

function propertiesOf(schema: JsonSchema): Properties {
  const resolved = resolveReference(schema, schema)
  return isSchemaObject(resolved) && isSchemaObject(resolved['properties'])
    ? (resolved['properties'] as Properties)
    : {}
}

function itemsOf(schema: JsonSchema, root: JsonSchema): JsonSchema | undefined {
  const resolved = resolveReference(schema, root)
  return isSchemaObject(resolved) && resolved['type'] === 'array'
    ? (resolved['items'] as JsonSchema)
    : undefined
}

function convert(
  name: string,
  text: string,
  schema: JsonSchema | undefined,
  { root, problems }: { readonly root: JsonSchema; readonly problems: Problem[] },
): Json {
  const type = scalarType(schema === undefined ? undefined : resolveReference(schema, root))
  if (type === 'string') return text
  if (type === 'integer' && integerPattern.test(text) && Number.isSafeInteger(Number(text)))
    return Number(text)
  if (type === 'number' && numberPattern.test(text) && Number.isFinite(Number(text))) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  problems.push({ message: `this is no ${type}`, place: { field: name }, fix: `write a JSON ${type}` })
  return text
}

function scalarType(schema: unknown): string {
  if (!isSchemaObject(schema)) return 'string'
  const example = schema['const'] ?? (Array.isArray(schema['enum']) ? schema['enum'][0] : undefined)
  return typeof schema['type'] === 'string' ? schema['type'] : typeof (example ?? '')
}
