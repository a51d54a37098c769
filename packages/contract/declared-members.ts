import type { JsonSchema } from './document.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'

type Keywords = Readonly<Record<string, unknown>>

/**
 * The value without the members that its schema does not name: what nobody declared goes nowhere, whatever the schema library does with it. A part
 * that the schema leaves open stays whole. The same object where nothing is surplus.
 */
export function onlyDeclared(value: unknown, schema: JsonSchema): unknown {
  return project(value, [schema], schema)
}

/** @param schemas all that may describe the value: a member is declared where one of them names it */
function project(value: unknown, schemas: readonly unknown[], root: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null) return value
  const leaves = schemas.flatMap((schema) => leavesOf(schema, root, 0))
  if (leaves.some(isOpenLeaf)) return value
  if (Array.isArray(value)) return projectList(value, leaves, root)
  return isPlain(value) ? projectObject(value as Keywords, leaves, root) : value
}

function projectList(list: readonly unknown[], leaves: readonly Keywords[], root: JsonSchema): unknown {
  const projected = list.map((item, index) =>
    project(
      item,
      leaves.map((leaf) => listOf(leaf['prefixItems'])[index] ?? leaf['items'] ?? true),
      root,
    ),
  )
  return projected.some((item, index) => item !== list[index]) ? projected : list
}

function projectObject(object: Keywords, leaves: readonly Keywords[], root: JsonSchema): unknown {
  const kept: [string, unknown][] = []
  for (const [name, member] of Object.entries(object)) {
    const schemas = leaves.flatMap((leaf) => memberSchemas(leaf, name))
    if (schemas.length > 0) kept.push([name, project(member, schemas, root)])
  }
  const same =
    kept.length === Object.keys(object).length && kept.every(([name, member]) => member === object[name])
  return same ? object : Object.fromEntries(kept)
}

function memberSchemas(leaf: Keywords, name: string): readonly unknown[] {
  const { properties, additionalProperties, patternProperties } = leaf
  const named = isSchemaObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : []
  const patterned = isSchemaObject(patternProperties)
    ? Object.entries(patternProperties).flatMap(([pattern, schema]) =>
        new RegExp(pattern, 'u').test(name) ? [schema] : [],
      )
    : []
  if (named.length + patterned.length > 0) return [...named, ...patterned]
  return additionalProperties === true || isSchemaObject(additionalProperties) ? [additionalProperties] : []
}

const joined = ['allOf', 'anyOf', 'oneOf'] as const
const mostDepth = 64

/** The schemas that say something themselves, behind references and unions. */
function leavesOf(schema: unknown, root: JsonSchema, depth: number): readonly Keywords[] {
  if (schema === true) return [{}]
  if (!isSchemaObject(schema) || depth > mostDepth) return []
  const parts = joined.flatMap((keyword) => listOf(schema[keyword]))
  const reference =
    schema['$ref'] === undefined ? [] : leavesOf(resolveReference(schema, root), root, depth + 1)
  const inner = [...reference, ...parts.flatMap((part) => leavesOf(part, root, depth + 1))]
  return inner.length > 0 && schema['type'] === undefined ? inner : [schema, ...inner]
}

const silent: ReadonlySet<string> = new Set([
  '$schema',
  '$defs',
  'title',
  'description',
  'default',
  'x-data-class',
])

/** Says nothing of the value at all. */
function isOpenLeaf(leaf: Keywords): boolean {
  return Object.keys(leaf).every((keyword) => silent.has(keyword))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
