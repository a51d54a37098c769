import type { JsonSchema } from './document.ts'
import { dataClassesOf, dataClassKeyword, isSchemaObject, resolveReference } from './json-schema.ts'

/** Classes whose values may stand in a log. Every other one, a team's own too, is kept out. */
const openClasses: ReadonlySet<string> = new Set(['public', 'internal'])
const mostDepth = 64
const mostNodes = 20_000

/** The classified content of a value. */
export interface ClassifiedValues {
  /** Every text and number in it, as text. */
  readonly texts: ReadonlySet<string>
  /** False where the value was too large to be looked through: then it may hold more. */
  readonly complete: boolean
}

interface Search {
  readonly root: JsonSchema
  readonly texts: Set<string>
  nodes: number
  complete: boolean
}

/** True where a schema names a class that may not stand in a log, anywhere in it. */
export function isClassified(schema: JsonSchema): boolean {
  return dataClassesOf(schema).some((dataClass) => !openClasses.has(dataClass))
}

/** Everything in a value that its schema classifies as more than internal. A value that does not fit its schema gives what does fit. */
export function classifiedValues(schema: JsonSchema, value: unknown): ClassifiedValues {
  const search: Search = { root: schema, texts: new Set(), nodes: 0, complete: true }
  look(schema, value, search, 0)
  return search
}

/** Names of the members that hold classified values, wherever they are in a schema. */
export function classifiedNames(schema: JsonSchema): ReadonlySet<string> {
  const names = new Set<string>()
  collectNames(schema, schema, names)
  return names
}

function isClassPart(schema: unknown): boolean {
  if (!isSchemaObject(schema)) return false
  const dataClass = schema[dataClassKeyword]
  return typeof dataClass === 'string' && !openClasses.has(dataClass)
}

function collectNames(part: unknown, root: JsonSchema, names: Set<string>): void {
  if (typeof part !== 'object' || part === null) return
  for (const [key, member] of Object.entries(part)) {
    if (key === 'properties' && isSchemaObject(member)) {
      for (const [name, property] of Object.entries(member))
        if (isClassPart(property) || isClassPart(resolved(property, root))) names.add(name)
    }
    collectNames(member, root, names)
  }
}

function resolved(schema: unknown, root: JsonSchema): unknown {
  return isSchemaObject(schema) ? resolveReference(schema, root) : schema
}

function look(part: unknown, value: unknown, search: Search, depth: number): void {
  if (!mayGoOn(search, depth)) return
  if (isClassPart(part)) return take(value, search, depth)
  const schema = resolved(part, search.root)
  if (!isSchemaObject(schema)) return
  if (isClassPart(schema)) return take(value, search, depth)
  for (const keyword of ['allOf', 'anyOf', 'oneOf'])
    for (const variant of listOf(schema[keyword])) look(variant, value, search, depth + 1)
  for (const keyword of ['if', 'then', 'else'])
    if (schema[keyword] !== undefined) look(schema[keyword], value, search, depth + 1)
  if (Array.isArray(value)) lookAtItems(schema, value, search, depth)
  else if (isSchemaObject(value)) lookAtMembers(schema, value, search, depth)
}

function lookAtItems(
  schema: { readonly [keyword: string]: unknown },
  value: readonly unknown[],
  search: Search,
  depth: number,
): void {
  const first = listOf(schema['prefixItems'])
  for (const [at, item] of value.entries()) look(first[at] ?? schema['items'], item, search, depth + 1)
}

function lookAtMembers(
  schema: { readonly [keyword: string]: unknown },
  value: { readonly [name: string]: unknown },
  search: Search,
  depth: number,
): void {
  const properties = isSchemaObject(schema['properties']) ? schema['properties'] : {}
  const patterns = isSchemaObject(schema['patternProperties'])
    ? Object.values(schema['patternProperties'])
    : []
  for (const [name, member] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) look(properties[name], member, search, depth + 1)
    else
      for (const rest of [...patterns, schema['additionalProperties']]) look(rest, member, search, depth + 1)
    if (isClassPart(schema['propertyNames'])) take(name, search, depth)
  }
}

/** All of it, whatever it is made of: the names of its members too, which a schema does not tell. */
function take(value: unknown, search: Search, depth: number): void {
  if (!mayGoOn(search, depth)) return
  if (typeof value === 'string') search.texts.add(value)
  else if (typeof value === 'number' || typeof value === 'bigint') search.texts.add(String(value))
  else if (value instanceof Date) search.texts.add(Number.isNaN(value.getTime()) ? '' : value.toISOString())
  else if (value instanceof Uint8Array) search.texts.add(Buffer.from(value).toString('base64'))
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) take(member, search, depth + 1)
}

function mayGoOn(search: Search, depth: number): boolean {
  search.nodes += 1
  if (search.nodes <= mostNodes && depth <= mostDepth) return true
  search.complete = false
  return false
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
