import type { JsonSchema } from './document.ts'
import { isSchemaObject } from './json-schema.ts'

/** Where a schema comes from, and where its definitions go. */
export interface Part {
  /** Begins the names of its components; no other part has it. */
  readonly prefix: string
  /** The document that its references lead into. */
  readonly root: JsonSchema
  /** Components of the OpenAPI document; filled on the way. */
  readonly schemas: Record<string, unknown>
}

/** Keywords whose members are schemas under names of the user's own. */
const named: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas'])
/** Keywords whose values are no schemas. */
const plain: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required'])

/** Moves a schema's own definitions to the document's components, under names that cannot meet. */
export function hoist(schema: unknown, { prefix, root, schemas }: Part): unknown {
  const definitions = isSchemaObject(root) && isSchemaObject(root['$defs']) ? root['$defs'] : {}
  for (const [key, definition] of Object.entries(definitions)) {
    schemas[`${prefix}.${safe(key)}`] ??= rewrite(definition, prefix)
  }
  if (namesItself(root)) schemas[prefix] ??= rewrite(root, prefix)
  return rewrite(schema, prefix)
}

function rewrite(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, prefix))
  if (!isSchemaObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => key !== '$defs' && key !== '$schema')
  return Object.fromEntries(kept.map(([key, member]) => [key, rewriteMember(key, member, prefix)]))
}

function rewriteMember(key: string, member: unknown, prefix: string): unknown {
  if (key === '$ref') return reference(member, prefix)
  if (plain.has(key)) return member
  if (!named.has(key) || !isSchemaObject(member)) return rewrite(member, prefix)
  return Object.fromEntries(Object.entries(member).map(([name, inner]) => [name, rewrite(inner, prefix)]))
}

function reference(target: unknown, prefix: string): unknown {
  if (target === '#') return `#/components/schemas/${prefix}`
  const key = /^#\/\$defs\/(.+)$/.exec(String(target))?.[1]
  return key === undefined ? target : `#/components/schemas/${prefix}.${safe(key)}`
}

/** True where a schema is part of itself: a tree, a list of lists. */
function namesItself(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesItself)
  if (!isSchemaObject(value)) return false
  return value['$ref'] === '#' || Object.values(value).some(namesItself)
}

/** Component names allow letters, digits, dots, hyphens and underscores. */
function safe(key: string): string {
  return key.replaceAll(
    /[^A-Za-z0-9._-]/g,
    (character) => `_${character.codePointAt(0)?.toString(16) ?? ''}_`,
  )
}
