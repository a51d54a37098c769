export { classified, confidential, personal, secret } from './classification.ts'
export type {
  Access,
  Contract,
  ContractDeclaration,
  DeclaredError,
  HttpMethod,
  Operation,
  OperationDeclaration,
} from './contract.ts'
export { defineContract } from './define.ts'
export { describeContract } from './describe.ts'
export {
  callId,
  type ContractDocument,
  type ExternalUse,
  type JsonSchema,
  type OperationDocument,
  type OperationUse,
  type ReleaseReference,
  type ServiceManifest,
  type UseDocument,
} from './document.ts'
export type { ContractErrorCode } from './errors.ts'
export { decodeInput, type InputParts } from './input.ts'
export { openApi, type OpenApiDocument } from './openapi.ts'
export { pathShape } from './path.ts'
export { problemDetails, type ProblemDetails } from './problem.ts'
export { createRouter, type Router, type RouterEntry, type RouterMatch } from './router.ts'
export type { Schema, SchemaInput, SchemaOutput } from './schema.ts'
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
