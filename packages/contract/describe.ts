import { parseDuration } from '@plimsoll/base'
import type { Contract, HttpMethod, Operation } from './contract.ts'
import type { ContractDocument, JsonSchema, OperationDocument } from './document.ts'
import { dataClassesOf, isOpen } from './json-schema.ts'
import type { Schema } from './schema.ts'
import { isIdempotent } from './uses.ts'

/**
 * A contract as data, the same for the same contract. What callers send is described by the input side of the input
 * schema (members with defaults may be absent); what they get by the output side of the output schema, which is what
 * the runtime lets through.
 */
export function describeContract(contract: Contract): ContractDocument {
  const { name, version, summary } = contract
  const operations = Object.entries<Operation>(contract.operations)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, declared]) => [operation, describeOperation(declared)] as const)
  return {
    format: 'plimsoll/contract/1',
    name,
    version,
    ...(summary === undefined ? {} : { summary }),
    operations: Object.fromEntries(operations),
  }
}

function describeOperation(operation: Operation): OperationDocument {
  const { declaration } = operation
  const { summary, objective } = declaration
  const input = jsonSchemaOf(declaration.input, 'input')
  const output = jsonSchemaOf(declaration.output, 'output')
  const errors = Object.entries(declaration.errors ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, data }]) => {
      return [
        code,
        { status, ...(data === undefined ? {} : { data: jsonSchemaOf(data, 'output') }) },
      ] as const
    })
  const returned = [output, ...errors.flatMap(([, { data }]) => (data === undefined ? [] : [data]))]
  return {
    http: httpOf(operation),
    ...(summary === undefined ? {} : { summary }),
    input,
    output,
    errors: Object.fromEntries(errors),
    access: declaration.access,
    scopes: [...(declaration.scopes ?? [])].toSorted(),
    deadlineMs: parseDuration(declaration.deadline),
    idempotent: isIdempotent(operation),
    ...(objective === undefined ? {} : { objective }),
    dataIn: dataClassesOf(input),
    dataOut: [...new Set(returned.flatMap(dataClassesOf))].toSorted(),
    openOutput: returned.some(isOpen),
  }
}

/** Where an operation is, on the outside. */
function httpOf({ service, name, declaration }: Operation): { method: HttpMethod; path: string } {
  const [method, path] = (declaration.http ?? `POST /${service}/${name}`).split(' ') as [HttpMethod, string]
  return { method, path }
}

/** The JSON Schema (draft 2020-12) of one side of a schema, without the dialect's name. */
export function jsonSchemaOf(schema: Schema, side: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...keywords } = schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' })
  return keywords
}
