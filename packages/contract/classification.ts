import { dataClassKeyword } from './json-schema.ts'
import type { Schema } from './schema.ts'

/**
 * The schema, with the data class of its values: the JSON Schema carries it as `x-data-class`. A team's own classes
 * stand in the architecture's `dataClasses`.
 */
export function classified<S extends Schema>(dataClass: string, schema: S): S {
  if (hasMeta(schema)) return schema.meta({ [dataClassKeyword]: dataClass }) as S
  return annotated(schema, dataClass)
}

/** Values about a person. */
export function personal<S extends Schema>(schema: S): S {
  return classified('personal', schema)
}

/** Values that others could use against the business. */
export function confidential<S extends Schema>(schema: S): S {
  return classified('confidential', schema)
}

/** Values that open something: keys, passwords, tokens. */
export function secret<S extends Schema>(schema: S): S {
  return classified('secret', schema)
}

function hasMeta(schema: Schema): schema is Schema & { meta(facts: Record<string, unknown>): unknown } {
  return 'meta' in schema && typeof schema.meta === 'function'
}

/** For libraries without annotations: the same schema, whose JSON Schema has the keyword added. */
function annotated<S extends Schema>(schema: S, dataClass: string): S {
  const standard = schema['~standard']
  const add =
    (side: 'input' | 'output') => (options: Parameters<(typeof standard)['jsonSchema']['input']>[0]) => ({
      ...standard.jsonSchema[side](options),
      [dataClassKeyword]: dataClass,
    })
  const jsonSchema = { input: add('input'), output: add('output') }
  return Object.create(schema, { '~standard': { value: { ...standard, jsonSchema } } }) as S
}
