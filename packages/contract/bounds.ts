import type { StandardSchemaV1 } from '@standard-schema/spec'
import { onlyDeclared } from './declared-members.ts'
import type { JsonSchema } from './document.ts'
import { isSchemaObject } from './json-schema.ts'
import { sizeProblem } from './sizes.ts'
import type { Schema } from './schema.ts'
import { wireSchemaOf } from './wire-schema.ts'

/** The largest that a value may be where its schema names no maximum. */
export interface Bounds {
  /** Characters of a text (Unicode code points, as JSON Schema counts). */
  readonly text: number
  /** Items of a list. */
  readonly list: number
  /** Members of an object whose names are free. */
  readonly members: number
}

export const defaultBounds: Bounds = { text: 10_000, list: 1_000, members: 1_000 }

/** Keywords whose value is a schema. What stands in `not` and `if` is no promise of a size, and stays as it is. */
const single: ReadonlySet<string> = new Set([
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'then',
  'else',
])
/** Keywords whose value is a list of schemas. */
const several: ReadonlySet<string> = new Set(['prefixItems', 'anyOf', 'oneOf'])
/** Keywords whose members are schemas. */
const named: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])

/**
 * The same JSON Schema, with a maximum wherever a text, a list or an object of free names had none. The very same object where
 * nothing was missing.
 */
function boundedSchema(schema: JsonSchema, bounds: Bounds): JsonSchema {
  return bound(schema, bounds, false) as JsonSchema
}

type Keywords = Readonly<Record<string, unknown>>

/** @param said true where what stands around has decided on the sizes of this value */
function bound(schema: unknown, bounds: Bounds, said: boolean): unknown {
  if (!isSchemaObject(schema)) return schema
  const members = Object.entries(schema).map(
    ([key, value]) => [key, boundMember(key, value, bounds)] as const,
  )
  const missing = said ? {} : missingBounds(schema, bounds)
  const changed = Object.keys(missing).length > 0 || members.some(([key, value]) => value !== schema[key])
  return changed ? { ...Object.fromEntries(members), ...missing } : schema
}

function boundMember(key: string, value: unknown, bounds: Bounds): unknown {
  if (single.has(key)) return bound(value, bounds, false)
  if (key === 'allOf') return boundList(value, bounds, true)
  if (several.has(key)) return boundList(value, bounds, false)
  if (!named.has(key) || !isSchemaObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, bound(inner, bounds, false)] as const)
  return entries.some(([name, inner]) => inner !== value[name]) ? Object.fromEntries(entries) : value
}

function boundList(list: unknown, bounds: Bounds, said: boolean): unknown {
  if (!Array.isArray(list)) return list
  const items = list.map((item) => bound(item, bounds, said))
  return items.some((item, at) => item !== list[at]) ? items : list
}

function missingBounds(schema: Keywords, bounds: Bounds): Keywords {
  // All of them hold for one value, so that one of them is enough to say it.
  const all: readonly Keywords[] = [schema, ...listOf(schema['allOf']).filter(isSchemaObject)]
  const says = (...keywords: readonly string[]) =>
    all.some((part) => keywords.some((keyword) => part[keyword] !== undefined))
  const is = (type: string) =>
    all.some((part) => part['type'] === type || listOf(part['type']).includes(type))
  if (says('const', 'enum', '$ref')) return {}
  const free = all.some(
    (part) => isFree(part['additionalProperties']) || part['patternProperties'] !== undefined,
  )
  return {
    ...(is('string') && !says('maxLength') ? { maxLength: bounds.text } : {}),
    ...(is('array') && !says('maxItems') ? { maxItems: bounds.list } : {}),
    ...(is('object') && free && !says('maxProperties') ? { maxProperties: bounds.members } : {}),
  }
}

function isFree(additional: unknown): boolean {
  return additional === true || isSchemaObject(additional)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Libraries whose objects drop what they do not name, unless their JSON Schema says otherwise. */
const vendorsThatStrip: ReadonlySet<string> = new Set(['zod'])

type Result = StandardSchemaV1.Result<unknown>

/**
 * A schema that holds its values to the contract's sizes, and tells them in its JSON Schema; the very same schema where it names
 * every maximum itself. Members that it does not name are dropped, also where its library would keep them. Sizes are looked at first, so that nothing else ever sees a text that is too long.
 * @param side which JSON Schema is the promise: what callers send, or what they get
 */
export function boundedBy<S extends Schema>(schema: S, side: 'input' | 'output', bounds: Bounds): S {
  const promised = wireSchemaOf(schema, side)
  const published = boundedSchema(promised, bounds)
  const standard = schema['~standard']
  const strips = vendorsThatStrip.has(standard.vendor)
  if (published === promised && strips) return schema
  const settle = (result: Result) =>
    result.issues === undefined && !strips ? { value: onlyDeclared(result.value, published) } : result
  const validate = (value: unknown, options?: StandardSchemaV1.Options) => {
    const issue = sizeProblem(value, published)
    if (issue !== undefined) return { issues: [issue] }
    const result = standard.validate(value, options)
    return result instanceof Promise ? result.then(settle) : settle(result)
  }
  const converted = (of: 'input' | 'output') => (options: Parameters<typeof standard.jsonSchema.input>[0]) =>
    boundedSchema(standard.jsonSchema[of](options), bounds) as Record<string, unknown>
  const jsonSchema = { input: converted('input'), output: converted('output') }
  return Object.create(schema, { '~standard': { value: { ...standard, validate, jsonSchema } } }) as S
}
