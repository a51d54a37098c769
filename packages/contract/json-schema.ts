import type { JsonSchema } from './document.ts'

/** The keyword under which a schema names the data class of its value. */
export const dataClassKeyword = 'x-data-class'

const mostDepth = 64

/** A schema's `$ref` followed within its own document; undefined where it leads nowhere. */
export function resolveReference(schema: JsonSchema, root: JsonSchema): JsonSchema | undefined {
  let current: unknown = schema
  for (let hops = 0; hops < mostDepth; hops += 1) {
    if (!isSchemaObject(current) || typeof current['$ref'] !== 'string')
      return current as JsonSchema | undefined
    current = pointedAt(root, current['$ref'])
  }
  return undefined
}

function pointedAt(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  let current = root
  for (const step of reference
    .slice(1)
    .split('/')
    .filter((part) => part !== '')) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current
}

/** Schema libraries write names into references as they are; a `%` in one is then no escape. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isSchemaObject(value: unknown): value is { readonly [keyword: string]: unknown } {
  return isObject(value)
}

/** Every data class that a schema names anywhere, sorted. */
export function dataClassesOf(schema: JsonSchema): readonly string[] {
  const found = new Set<string>()
  collect(schema, found)
  return [...found].toSorted()
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found)
  if (!isObject(value)) return
  const dataClass = value[dataClassKeyword]
  if (typeof dataClass === 'string') found.add(dataClass)
  for (const member of Object.values(value)) collect(member, found)
}

/**
 * True where a value that fits the schema can have a part whose content the schema does not name: any JSON, or members
 * of any name that can hold text. Such a part carries whatever flows in.
 */
export function isOpen(schema: JsonSchema): boolean {
  return opens(schema, schema, new Set())
}

function opens(schema: unknown, root: JsonSchema, seen: Set<unknown>): boolean {
  if (schema === true) return true
  if (!isSchemaObject(schema) || seen.has(schema)) return false
  seen.add(schema)
  const inside = (value: unknown) => opens(value, root, seen)
  if (typeof schema['$ref'] === 'string') return inside(resolveReference(schema, root))
  const unions = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => listOf(schema[keyword]))
  if (unions.some(inside)) return true
  if (unions.length > 0) return false
  if (schema['const'] !== undefined || schema['enum'] !== undefined || schema['not'] !== undefined)
    return false
  return opensByType(schema, root, inside)
}

function opensByType(
  schema: { readonly [keyword: string]: unknown },
  root: JsonSchema,
  inside: (value: unknown) => boolean,
): boolean {
  const types = typesOf(schema)
  if (types.length === 0) return true
  const values = (keyword: string) => (isObject(schema[keyword]) ? Object.values(schema[keyword]) : [])
  if (types.includes('object')) {
    const rest = [schema['additionalProperties'] ?? false, ...values('patternProperties')]
    if (rest.some((member) => inside(member) || holdsText(member, root))) return true
    if (values('properties').some(inside)) return true
  }
  if (!types.includes('array')) return false
  return [...listOf(schema['prefixItems']), schema['items'] ?? schema['prefixItems'] === undefined].some(
    inside,
  )
}

/** True where members of any name can hold text of any kind. */
function holdsText(schema: unknown, root: JsonSchema, depth = 0): boolean {
  const resolved = isSchemaObject(schema) ? resolveReference(schema, root) : schema
  if (!isSchemaObject(resolved) || depth > mostDepth) return false
  const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => listOf(resolved[keyword]))
  if (variants.some((variant) => holdsText(variant, root, depth + 1))) return true
  if (resolved['enum'] !== undefined || resolved['const'] !== undefined) return false
  const types = typesOf(resolved)
  const items = [...listOf(resolved['prefixItems']), resolved['items']]
  return (
    types.includes('string') ||
    (types.includes('array') && items.some((item) => holdsText(item, root, depth + 1)))
  )
}

function typesOf(schema: { readonly [keyword: string]: unknown }): readonly unknown[] {
  return typeof schema['type'] === 'string' ? [schema['type']] : listOf(schema['type'])
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
