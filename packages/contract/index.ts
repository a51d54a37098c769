export {
  bodyOf,
  file,
  headOf,
  isBody,
  stream,
  type Body,
  type FileBody,
  type FileOptions,
  type Stream,
  type StreamOptions,
} from './body.ts'
export { defaultBounds, type Bounds } from './bounds.ts'
export { classified, confidential, personal, secret } from './classification.ts'
export {
  classifiedNames,
  classifiedValues,
  isClassified,
  type ClassifiedValues,
} from './classified-values.ts'
export type {
  Access,
  Contract,
  ContractDeclaration,
  DeclaredError,
  HttpMethod,
  Operation,
  OperationDeclaration,
  Priority,
} from './contract.ts'
export { defineContract } from './define.ts'
export { describeContract } from './describe.ts'
export {
  callId,
  type BodyDocument,
  type ContractDocument,
  type ExternalUse,
  type FileDocument,
  type JsonSchema,
  type OperationDocument,
  type OperationUse,
  type ReleaseReference,
  type ServiceManifest,
  type StreamDocument,
  type UseDocument,
} from './document.ts'
export type { ContractErrorCode } from './errors.ts'
export { decodeInput, type InputParts } from './input.ts'
export { openApi, type OpenApiDocument } from './openapi.ts'
export { pathShape } from './path.ts'
export { problemDetails, type ProblemDetails } from './problem.ts'
export { headProblem, type HeadProblem, type RequestHead } from './request-head.ts'
export { createRouter, type Router, type RouterEntry, type RouterMatch } from './router.ts'
export type { Schema, SchemaInput, SchemaOutput } from './schema.ts'
export { readTarget, type RequestTarget } from './target.ts'
export {
  describeUses,
  external,
  isIdempotent,
  use,
  type External,
  type ExternalDeclaration,
  type Use,
  type UseOptions,
  type Uses,
} from './uses.ts'
export { readsIntoProgramTypes } from './wire-schema.ts'
export { wireValue } from './wire-value.ts'
export { wireSchemaOf } from './wire-schema.ts'
