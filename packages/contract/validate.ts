import type { Problem } from '@plimsoll/base'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { JsonSchema } from './document.ts'
import { dataClassKeyword } from './json-schema.ts'

/** Says what is wrong with a value; nothing where it fits. Never repeats the value. */
export type Check = (value: unknown) => readonly Problem[]

/**
 * Compiles a JSON Schema (draft 2020-12) to a check. Stops at the first problem, so that a hostile value costs no more
 * than a good one. Formats are annotations, as the draft has it by default; a schema library's patterns stand beside them.
 */
export function compileSchema(schema: JsonSchema): Check {
  const ajv = new Ajv2020({
    allErrors: false,
    strict: false,
    validateFormats: false,
    ownProperties: true,
    messages: true,
  })
  ajv.addKeyword({ keyword: dataClassKeyword })
  const validate = ajv.compile(schema)
  return (value) => (validate(value) ? [] : (validate.errors ?? []).slice(0, 20).map(problemOf))
}

function problemOf({ instancePath, keyword, message, params }: ErrorObject): Problem {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const parameters = params as Readonly<Record<string, unknown>>
  const missing = keyword === 'required' ? parameters['missingProperty'] : undefined
  const surplus = parameters['additionalProperty'] ?? parameters['unevaluatedProperty']
  const member = missing ?? surplus
  const field = [...path, ...(typeof member === 'string' ? [member] : [])].join('.')
  const text =
    missing === undefined
      ? surplus === undefined
        ? (message ?? 'does not fit')
        : 'is not declared'
      : 'is missing'
  return { message: text, place: { field } }
}
