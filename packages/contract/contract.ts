import type { Duration } from '@plimsoll/base'
import type { Body } from './body.ts'
import type { Bounds } from './bounds.ts'
import type { Schema } from './schema.ts'

/**
 * Who may call an operation. `services`: services that declare the use. `consumers`: also outside applications with a
 * credential and the operation's scopes. `public`: also anybody, through the gateway. There is no default.
 */
export type Access = 'services' | 'consumers' | 'public'

/**
 * What is given up first where a replica has more to do than it can: `background` before `normal`, `normal` before
 * `critical`.
 */
export type Priority = 'critical' | 'normal' | 'background'

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
  /** What the caller hands in: a value, or `stream(…)` or `file(…)` where it does not come at once. */
  readonly input: Schema | Body
  /** What the caller gets: a value, or `stream(…)` or `file(…)` where it does not come at once. */
  readonly output: Schema | Body
  readonly errors?: Readonly<Record<string, DeclaredError>>
  readonly access: Access
  /**
   * What the consumer on whose behalf a call runs must hold, wherever in the chain of calls this operation is. Needed
   * for `consumers`; for `services` it says that only chains begun by such a consumer may come here.
   */
  readonly scopes?: readonly string[]
  /**
   * The longest that an answer takes; afterwards the caller has an error. Where the output is a stream or a file, the longest until it begins. Where
   * the input is one, its own `longest` counts instead.
   */
  readonly deadline: Duration
  /** True where a repeated call has the same effect as one (RFC 9110, section 9.2.2). Default false. */
  readonly idempotent?: boolean
  /**
   * A required text of the input that names the intent: two calls with the same key have the same effect as one, and the handler keeps that. Calls may
   * then be repeated as if the operation were idempotent.
   */
  readonly idempotencyKey?: string
  /** How much it matters that calls are answered where there are too many. Default `normal`. */
  readonly priority?: Priority
  /** Availability that the operation promises, such as 0.999. */
  readonly objective?: number
}

export interface ContractDeclaration {
  readonly name: string
  /** Semantic version of the contract. */
  readonly version: string
  readonly summary?: string
  /** The largest texts, lists and objects where a schema names no maximum. Default: `defaultBounds`. */
  readonly bounds?: Partial<Bounds>
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
