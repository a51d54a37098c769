import type { Problem } from '@plimsoll/base'
import { bodyProblems } from './body-check.ts'
import { isBody } from './body.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'
import type { Schema } from './schema.ts'
import { wireSchemaOf } from './wire-schema.ts'

type Declared = Readonly<Record<string, unknown>>

/** Names that a handler sees beside the members of a head. */
const bodyMember = { stream: 'items', file: 'file' } as const

/** What is wrong with an operation's input and output. */
export function sideProblems({ input, output }: Declared, field: string): readonly Problem[] {
  const problems = [
    ...oneSideProblems(input, 'input', `${field}.input`),
    ...oneSideProblems(output, 'output', `${field}.output`),
  ]
  if (problems.length > 0) return problems
  const place = { field: `${field}.input` }
  const head = isBody(input) ? input.head : (input as Schema)
  if (head === undefined) return []
  const schema = objectSchema(head)
  if (schema === undefined)
    return [{ message: 'the input is no object', place, fix: 'write z.object({ … })' }]
  if (!isBody(input)) return []
  const taken = bodyMember[input.kind]
  if (!isSchemaObject(schema['properties']) || !Object.hasOwn(schema['properties'], taken)) return []
  return [
    { message: `the head has a member ${taken}, which is the name of the body`, place, fix: 'rename it' },
  ]
}

function oneSideProblems(declared: unknown, side: 'input' | 'output', field: string): readonly Problem[] {
  if (!isBody(declared)) return schemaProblems(declared, side, field)
  return [
    ...bodyProblems(declared, side, field),
    ...(declared.kind === 'stream' ? schemaProblems(declared.item, side, `${field}.item`) : []),
    ...(declared.head === undefined ? [] : schemaProblems(declared.head, side, `${field}.head`)),
  ]
}

export function schemaProblems(schema: unknown, side: 'input' | 'output', field: string): readonly Problem[] {
  const fix =
    'use a schema of a library that gives JSON Schema (Standard JSON Schema), such as Zod 4.2 or later'
  if (!isSchema(schema)) return [{ message: 'there is no schema', place: { field }, fix }]
  try {
    wireSchemaOf(schema, side)
    return []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `the schema has no JSON Schema: ${reason}`
    return [
      {
        message,
        place: { field },
        fix: 'use only what JSON can say: no functions, no transforms on the way out, a date as a codec from z.iso.datetime()',
      },
    ]
  }
}

export function isSchema(value: unknown): value is Schema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as Partial<Schema>)['~standard']
  return typeof standard?.validate === 'function' && typeof standard.jsonSchema?.input === 'function'
}

/** The JSON Schema of a schema's input side, where it is an object. */
export function objectSchema(schema: Schema): Readonly<Record<string, unknown>> | undefined {
  const document = wireSchemaOf(schema, 'input')
  const resolved = resolveReference(document, document)
  return isSchemaObject(resolved) && resolved['type'] === 'object' ? resolved : undefined
}
