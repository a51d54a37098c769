import type { Digest, Place } from '@plimsoll/base'
import type { Access, HttpMethod, Priority } from './contract.ts'

/** A JSON Schema of draft 2020-12, as published. `x-data-class` names the data class of a value. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown }

/** A contract as data: what is stored in a release, published, vetted and compared. */
export interface ContractDocument {
  readonly format: 'plimsoll/contract/1'
  readonly name: string
  readonly version: string
  readonly summary?: string | undefined
  readonly operations: Readonly<Record<string, OperationDocument>>
}

export interface OperationDocument {
  readonly http: { readonly method: HttpMethod; readonly path: string }
  readonly summary?: string | undefined
  /** What comes at once: the whole input, or what comes before the items or the bytes of its body. */
  readonly input: JsonSchema
  readonly inputBody?: BodyDocument | undefined
  /** The whole output, or one item of it where it is a stream; anything where it is a file. */
  readonly output: JsonSchema
  readonly outputBody?: BodyDocument | undefined
  readonly errors: Readonly<
    Record<string, { readonly status: number; readonly data?: JsonSchema | undefined }>
  >
  readonly access: Access
  readonly scopes: readonly string[]
  readonly deadlineMs: number
  readonly idempotent: boolean
  /** The member of the input that makes a repeated call harmless. */
  readonly idempotencyKey?: string | undefined
  /** `normal` where absent. */
  readonly priority?: Priority | undefined
  readonly objective?: number | undefined
  /** Data classes named anywhere in the input schema, sorted. */
  readonly dataIn: readonly string[]
  /** Data classes named anywhere in the output or error schemas, sorted. */
  readonly dataOut: readonly string[]
  /** True where the output has a part that takes any content, so that whatever flows in may flow out. */
  readonly openOutput: boolean
}

interface BodyPace {
  /** The longest that nothing comes, or nothing is taken. */
  readonly idleMs: number
  /** The longest that the whole takes, from the beginning of the call. */
  readonly longestMs: number
}

/** Items that come one after the other. */
export interface StreamDocument extends BodyPace {
  readonly kind: 'stream'
  readonly item: JsonSchema
  readonly maxItemBytes: number
}

/** Bytes that are passed on in pieces. */
export interface FileDocument extends BodyPace {
  readonly kind: 'file'
  readonly types: readonly string[]
  readonly maxBytes: number
}

export type BodyDocument = StreamDocument | FileDocument

/** What a service declares, as data: its promise and all that it may call. One of the files of a release. */
export interface ServiceManifest {
  readonly format: 'plimsoll/manifest/1'
  readonly name: string
  readonly contract: ContractDocument
  readonly uses: readonly UseDocument[]
  /**
   * Which declared calls each operation makes, as read from its handler's source: operation → call ids
   * (`catalog.lookup`, or an external's name). An operation that is absent may make every declared call.
   * The runtime holds every handler to it.
   */
  readonly calls: Readonly<Record<string, readonly string[]>>
  /** Places in the source: `operations.quote`, `operations.quote.deadline`, `uses.catalog.lookup`, `calls.quote.catalog.lookup`. */
  readonly evidence: Readonly<Record<string, Place>>
}

export type UseDocument = OperationUse | ExternalUse

interface UseFacts {
  /** The name under which handlers see it. */
  readonly alias: string
  readonly attempts: number
  /** Longest time of one attempt. */
  readonly timeoutMs: number
  readonly optional: boolean
}

export interface OperationUse extends UseFacts {
  readonly kind: 'operation'
  readonly service: string
  readonly operation: string
  /** Version of the callee's contract that the caller was built against. */
  readonly contractVersion: string
}

export interface ExternalUse extends UseFacts {
  readonly kind: 'external'
  readonly external: string
  readonly sends: readonly string[]
}

/** How a use is named in `calls` and in the architecture: `catalog.lookup`, or the external's name. */
export function callId(use: UseDocument): string {
  return use.kind === 'operation' ? `${use.service}.${use.operation}` : use.external
}

/** A release as others refer to it. */
export interface ReleaseReference {
  readonly name: string
  /** Contract version, `+`, first digits of the digest: `1.0.0+4be1c0ffee12`. */
  readonly version: string
  readonly digest: Digest
}
