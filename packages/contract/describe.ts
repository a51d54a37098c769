import { parseDuration } from '@plimsoll/base'
import { headOf, isBody, type Body } from './body.ts'
import type { Contract, HttpMethod, Operation } from './contract.ts'
import type { BodyDocument, ContractDocument, JsonSchema, OperationDocument } from './document.ts'
import { dataClassesOf, isOpen } from './json-schema.ts'
import type { Schema } from './schema.ts'
import { isIdempotent } from './uses.ts'
import { wireSchemaOf } from './wire-schema.ts'

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
  const { summary, objective, priority, idempotencyKey } = declaration
  const input = wireSchemaOf(headOf(declaration.input), 'input')
  const inputBody = isBody(declaration.input) ? describeBody(declaration.input, 'input') : undefined
  const outputBody = isBody(declaration.output) ? describeBody(declaration.output, 'output') : undefined
  const output = outputSchema(declaration.output)
  const errors = describeErrors(operation)
  const returned = [output, ...errors.flatMap(([, { data }]) => (data === undefined ? [] : [data]))]
  const sent = [input, ...(inputBody?.kind === 'stream' ? [inputBody.item] : [])]
  return {
    http: httpOf(operation),
    ...(summary === undefined ? {} : { summary }),
    input,
    ...(inputBody === undefined ? {} : { inputBody }),
    output,
    ...(outputBody === undefined ? {} : { outputBody }),
    errors: Object.fromEntries(errors),
    access: declaration.access,
    scopes: [...(declaration.scopes ?? [])].toSorted(),
    deadlineMs: parseDuration(declaration.deadline),
    idempotent: isIdempotent(operation),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(priority === undefined ? {} : { priority }),
    ...(objective === undefined ? {} : { objective }),
    dataIn: classesOf(sent, declaration.input),
    dataOut: classesOf(returned, declaration.output),
    openOutput: returned.some(isOpen),
  }
}

function describeErrors({ declaration }: Operation) {
  return Object.entries(declaration.errors ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, data }]) => {
      return [
        code,
        { status, ...(data === undefined ? {} : { data: wireSchemaOf(data, 'output') }) },
      ] as const
    })
}

/** A file may hold anything. */
function outputSchema(output: Schema | Body): JsonSchema {
  if (!isBody(output)) return wireSchemaOf(output, 'output')
  return output.kind === 'stream' ? wireSchemaOf(output.item, 'output') : true
}

function describeBody(body: Body, side: 'input' | 'output'): BodyDocument {
  const { idleMs, longestMs } = body
  return body.kind === 'stream'
    ? {
        kind: 'stream',
        item: wireSchemaOf(body.item, side),
        maxItemBytes: body.maxItemBytes,
        idleMs,
        longestMs,
      }
    : { kind: 'file', types: [...body.types], maxBytes: body.maxBytes, idleMs, longestMs }
}

function classesOf(schemas: readonly JsonSchema[], declared: Schema | Body): readonly string[] {
  const ofFile = isBody(declared) && declared.kind === 'file' ? declared.dataClass : undefined
  return [
    ...new Set([...schemas.flatMap(dataClassesOf), ...(ofFile === undefined ? [] : [ofFile])]),
  ].toSorted()
}

/** Where an operation is, on the outside. */
function httpOf({ service, name, declaration }: Operation): { method: HttpMethod; path: string } {
  const [method, path] = (declaration.http ?? `POST /${service}/${name}`).split(' ') as [HttpMethod, string]
  return { method, path }
}
