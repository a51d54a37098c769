import type { Duration } from '@plimsoll/base'
import type { Schema } from './schema.ts'

/**
 * Who may call an operation. `services`: services that declare the use. `consumers`: also outside applications with a
 * credential and the operation's scopes. `public`: also anybody, through the gateway. There is no default.
 */
export type Access = 'services' | 'consumers' | 'public'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An outcome other than success that callers must handle. */
export interface DeclaredError {
  /** HTTP status on the outside, 400 to 599. */
  readonly status: number
  /** What the error tells; nothing where absent. */
  readonly data?: Schema
}

/** One thing that a service does on request. */
export interface OperationDeclaration {
  /** Outside address, such as `GET /quotes/{sku}`; `POST /<service>/<operation>` where absent. */
  readonly http?: `${HttpMethod} /${string}`
  readonly summary?: string
  readonly input: Schema
  readonly output: Schema
  readonly errors?: Readonly<Record<string, DeclaredError>>
  readonly access: Access
  /**
   * What the consumer on whose behalf a call runs must hold, wherever in the chain of calls this operation is. Needed
   * for `consumers`; for `services` it says that only chains begun by such a consumer may come here.
   */
  readonly scopes?: readonly string[]
  /** The longest that an answer takes; afterwards the caller has an error. */
  readonly deadline: Duration
  /** True where a repeated call has the same effect as one (RFC 9110, section 9.2.2). Default false. */
  readonly idempotent?: boolean
  /** Availability that the operation promises, such as 0.999. */
  readonly objective?: number
}

export interface ContractDeclaration {
  readonly name: string
  /** Semantic version of the contract. */
  readonly version: string
  readonly summary?: string
  readonly operations: Readonly<Record<string, OperationDeclaration>>
}

/** An operation of a contract, with its address; what `uses` lists. */
export interface Operation<
  Service extends string = string,
  Name extends string = string,
  Declaration extends OperationDeclaration = OperationDeclaration,
> {
  readonly kind: 'operation'
  readonly service: Service
  readonly name: Name
  readonly contractVersion: string
  readonly declaration: Declaration
}

/** What a service promises, as code. Other teams import only this. */
export interface Contract<Declaration extends ContractDeclaration = ContractDeclaration> {
  readonly kind: 'contract'
  readonly name: Declaration['name']
  readonly version: string
  readonly summary?: string
  readonly operations: {
    readonly [Name in keyof Declaration['operations'] & string]: Operation<
      Declaration['name'],
      Name,
      Declaration['operations'][Name]
    >
  }
}
