import type { JsonSchema } from './document.ts'
import { isSchemaObject } from './json-schema.ts'
import type { Schema } from './schema.ts'

/**
 * What travels for one side of a schema, as a JSON Schema (draft 2020-12) without the dialect's name. A schema that reads a text into something
 * that JSON has not, such as a date, travels as that text in both directions: its output side has no JSON Schema, its input side has.
 * @throws whatever the library throws where JSON cannot say it
 */
export function wireSchemaOf(schema: Schema, side: 'input' | 'output'): JsonSchema {
  if (side === 'input' || !readsIntoProgramTypes(schema)) return convert(schema, side)
  return convert(schema, 'input')
}

const known = new WeakMap<Schema, boolean>()

/**
 * True where a schema gives values that JSON has not: dates, bytes, big integers. What is sent has to be written as text first.
 * A transform to something else has no way back, and is none of these.
 */
export function readsIntoProgramTypes(schema: Schema): boolean {
  const remembered = known.get(schema)
  if (remembered !== undefined) return remembered
  const found = looksReadIntoProgramTypes(schema)
  known.set(schema, found)
  return found
}

function looksReadIntoProgramTypes(schema: Schema): boolean {
  try {
    return loses(convert(schema, 'input'), convert(schema, 'output'))
  } catch (thrown) {
    if (/transform/i.test(thrown instanceof Error ? thrown.message : '')) return false
  }
  try {
    convert(schema, 'input')
    return true
  } catch {
    return false
  }
}

/** True where the output side says nothing of a value that the input side describes: some libraries have no other word for a date. */
function loses(input: unknown, output: unknown): boolean {
  if (!isSchemaObject(input) || !isSchemaObject(output)) return false
  if (Object.keys(output).length === 0) return Object.keys(input).length > 0
  const members = isSchemaObject(output['properties']) ? output['properties'] : {}
  const before = isSchemaObject(input['properties']) ? input['properties'] : {}
  return (
    Object.entries(members).some(([name, member]) => loses(before[name], member)) ||
    (['items', 'additionalProperties'] as const).some((keyword) => loses(input[keyword], output[keyword]))
  )
}

function convert(schema: Schema, side: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...keywords } = schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' })
  return keywords
}
