import type { JsonSchema } from './document.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'

/** What is too large, in the words of Standard Schema. Never repeats the value. */
export interface SizeIssue {
  readonly message: string
  readonly path: readonly (string | number)[]
}

/**
 * The first text, list or object that is larger than its schema allows; undefined where all fit. Looks at sizes alone: whether the
 * value fits otherwise is the schema's own question.
 */
export function sizeProblem(value: unknown, schema: JsonSchema): SizeIssue | undefined {
  return look(value, schema, { root: schema, path: [] })
}

interface At {
  readonly root: JsonSchema
  readonly path: readonly (string | number)[]
}

function look(value: unknown, schema: unknown, at: At): SizeIssue | undefined {
  if (!isSchemaObject(schema)) return undefined
  const reference = schema['$ref'] === undefined ? undefined : resolveReference(schema, at.root)
  return (
    ownProblem(value, schema, at) ??
    (reference === undefined ? undefined : look(value, reference, at)) ??
    listOf(schema['allOf'])
      .map((part) => look(value, part, at))
      .find((issue) => issue !== undefined) ??
    variantProblem(value, schema, at) ??
    partProblem(value, schema, at)
  )
}

function ownProblem(value: unknown, schema: Keywords, { path }: At): SizeIssue | undefined {
  const { maxLength, maxItems, maxProperties } = schema
  if (typeof value === 'string') {
    return typeof maxLength === 'number' && isLonger(value, maxLength)
      ? { message: `must NOT have more than ${maxLength} characters`, path }
      : undefined
  }
  if (Array.isArray(value)) {
    return typeof maxItems === 'number' && value.length > maxItems
      ? { message: `must NOT have more than ${maxItems} items`, path }
      : undefined
  }
  if (typeof maxProperties !== 'number' || !isSchemaObject(value)) return undefined
  return Object.keys(value).length > maxProperties
    ? { message: `must NOT have more than ${maxProperties} properties`, path }
    : undefined
}

type Keywords = Readonly<Record<string, unknown>>

/** By code points, as JSON Schema counts; a text has at least half as many of them as of UTF-16 units. */
function isLonger(text: string, maximum: number): boolean {
  if (text.length <= maximum) return false
  if (text.length > 2 * maximum) return true
  let points = 0
  for (const _point of text) points += 1
  return points > maximum
}

/** One variant that has room is enough. */
function variantProblem(value: unknown, schema: Keywords, at: At): SizeIssue | undefined {
  const variants = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter((variant) =>
    takes(variant, value, at.root),
  )
  const issues = variants.map((variant) => look(value, variant, at))
  return issues.length > 0 && issues.every((issue) => issue !== undefined) ? issues[0] : undefined
}

function takes(variant: unknown, value: unknown, root: JsonSchema): boolean {
  const schema = isSchemaObject(variant) ? resolveReference(variant, root) : undefined
  if (!isSchemaObject(schema)) return false
  const type = Array.isArray(value) ? 'array' : typeof value
  return schema['type'] === undefined || schema['type'] === type || listOf(schema['type']).includes(type)
}

function partProblem(value: unknown, schema: Keywords, at: At): SizeIssue | undefined {
  if (Array.isArray(value)) return itemProblem(value, schema, at)
  if (typeof value !== 'object' || value === null) return undefined
  const properties = isSchemaObject(schema['properties']) ? schema['properties'] : {}
  const rest = schema['additionalProperties']
  for (const name of Object.keys(value)) {
    const part = Object.hasOwn(properties, name) ? properties[name] : rest
    if (!isSchemaObject(part)) continue
    const issue = look((value as Keywords)[name], part, { root: at.root, path: [...at.path, name] })
    if (issue !== undefined) return issue
  }
  return undefined
}

function itemProblem(list: readonly unknown[], schema: Keywords, at: At): SizeIssue | undefined {
  const prefix = listOf(schema['prefixItems'])
  const rest = schema['items']
  if (prefix.length === 0 && !isSchemaObject(rest)) return undefined
  for (const [index, item] of list.entries()) {
    const issue = look(item, prefix[index] ?? rest, { root: at.root, path: [...at.path, index] })
    if (issue !== undefined) return issue
  }
  return undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
