import type { Problem } from '@plimsoll/base'
import { headOf } from './body.ts'
import type { OperationDeclaration } from './contract.ts'
import { isSchemaObject, resolveReference } from './json-schema.ts'
import { wireSchemaOf } from './wire-schema.ts'

type Declared = Readonly<Record<string, unknown>>

const priorities: ReadonlySet<unknown> = new Set(['critical', 'normal', 'background'])

/** What is wrong with how much an operation matters. */
export function priorityProblems({ priority }: Declared, field: string): readonly Problem[] {
  if (priority === undefined || priorities.has(priority)) return []
  return [
    {
      message: `${JSON.stringify(priority)} is no priority`,
      place: { field: `${field}.priority` },
      fix: "write priority: 'critical', 'normal' or 'background', or take it away for 'normal'",
    },
  ]
}

/** What is wrong with the member that makes a repeated call harmless: every call has to have it. */
export function keyProblems(declared: Declared, field: string): readonly Problem[] {
  const { idempotencyKey, idempotent } = declared
  if (idempotencyKey === undefined) return []
  const place = { field: `${field}.idempotencyKey` }
  if (idempotent === false) {
    const message = 'a call with an idempotency key may be repeated, but idempotent is false'
    return [{ message, place, fix: 'take one of the two away' }]
  }
  if (typeof idempotencyKey === 'string' && isRequiredText(idempotencyKey, declared)) return []
  return [
    {
      message: `${JSON.stringify(idempotencyKey)} is no required text of the input`,
      place,
      fix: "name a member of the input that every call has, such as idempotencyKey: 'orderId' with orderId: z.uuid()",
    },
  ]
}

function isRequiredText(name: string, declared: Declared): boolean {
  const schema = inputSchema(declared['input'] as OperationDeclaration['input'])
  if (!isSchemaObject(schema)) return false
  const { required, properties } = schema
  if (!Array.isArray(required) || !required.includes(name)) return false
  if (!isSchemaObject(properties) || !Object.hasOwn(properties, name)) return false
  const member = resolveReference(properties[name] as never, schema)
  return isSchemaObject(member) && member['type'] === 'string'
}

/** Undefined where there is none: that is said of the input itself. */
function inputSchema(input: OperationDeclaration['input']) {
  try {
    const schema = wireSchemaOf(headOf(input), 'input')
    return resolveReference(schema, schema)
  } catch {
    return undefined
  }
}
