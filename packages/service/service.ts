import type {
  Contract,
  ContractDeclaration,
  DeclaredError,
  External,
  Operation,
  OperationDeclaration,
  Schema,
  SchemaOutput,
  Use,
  Uses,
} from '@plimsoll/contract'
import type { ReceivedInput, ReceivedOutput, SentInput, SentOutput } from './sides.ts'

/** A declared error as a value. */
export interface DeclaredFailure<Code extends string = string, Data = unknown> {
  readonly ok: false
  readonly code: Code
  readonly data: Data
}

/** Success as a value. */
export interface Success<Value> {
  readonly ok: true
  readonly value: Value
}

type Errors<D extends OperationDeclaration> =
  D['errors'] extends Readonly<Record<string, DeclaredError>> ? D['errors'] : Readonly<Record<never, never>>

type ErrorData<E> = E extends { readonly data: infer S extends Schema } ? SchemaOutput<S> : undefined

/** The union of an operation's declared errors. */
export type FailureOf<D extends OperationDeclaration> = {
  [Code in keyof Errors<D> & string]: DeclaredFailure<Code, ErrorData<Errors<D>[Code]>>
}[keyof Errors<D> & string]

/** An optional call that did not succeed for a reason that the contract does not declare: timeout, refusal, no replica. */
export type Unavailable = DeclaredFailure<'UNAVAILABLE', undefined>

/**
 * What a call gives. Without declared errors and not optional: the output itself. Otherwise success or failure as a
 * value, so that code which does not look at the failure does not compile.
 */
export type CallResult<D extends OperationDeclaration, Optional extends boolean> = [
  FailureOf<D> | (Optional extends true ? Unavailable : never),
] extends [never]
  ? ReceivedOutput<D['output']>
  : Success<ReceivedOutput<D['output']>> | FailureOf<D> | (Optional extends true ? Unavailable : never)

export interface CallOptions {
  /** Ends the call early; the caller's own deadline ends it in any case. */
  readonly signal?: AbortSignal
}

type OperationOf<U> = U extends Use<infer O> ? O : U extends Operation ? U : never
type IsOptional<U> =
  U extends Use<Operation, infer Options>
    ? Options extends { readonly optional: true }
      ? true
      : false
    : false

/** The client of one alias of `uses`: exactly the declared operations. */
export type Client<List extends readonly (Operation | Use)[]> = {
  readonly [U in List[number] as OperationOf<U>['name']]: (
    input: SentInput<OperationOf<U>['declaration']['input']>,
    options?: CallOptions,
  ) => Promise<CallResult<OperationOf<U>['declaration'], IsOptional<U>>>
}

/** The client of a declared external: `fetch`, bound to the external's address, bounded in time, without redirects. */
export interface ExternalClient {
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
}

/** All clients of a service's `uses`, by alias. */
export type Clients<U extends Uses> = {
  readonly [Alias in keyof U]: U[Alias] extends External
    ? ExternalClient
    : U[Alias] extends readonly (Operation | Use)[]
      ? Client<U[Alias]>
      : never
}

/** Whose workload called: proven by its certificate. */
export interface Caller {
  /** SPIFFE ID, such as `spiffe://shop.internal/service/orders`. */
  readonly id: string
  readonly kind: 'service' | 'gateway' | 'operator'
  readonly name: string
}

/** On whose behalf the chain of calls runs: a consumer of the gateway, where one began it. */
export interface Subject {
  readonly consumer: string
  readonly scopes: readonly string[]
}

/** What a handler knows of the call that it serves; the clients of its uses stand beside these. */
export interface CallContext<D extends OperationDeclaration = OperationDeclaration> {
  readonly caller: Caller
  readonly subject: Subject | undefined
  /** Aborted when the deadline has passed or the caller has gone. */
  readonly signal: AbortSignal
  /** Milliseconds left until the deadline. */
  readonly remaining: () => number
  /** W3C trace id of the chain. */
  readonly traceId: string
  /** One structured line in the replica's log. */
  readonly log: (message: string, facts?: Readonly<Record<string, string | number | boolean>>) => void
  /** The folder that this service may write; it outlives the replica. */
  readonly dataFolder: string
  /** A declared error, to be returned. */
  readonly fail: <Code extends keyof Errors<D> & string>(
    code: Code,
    ...data: ErrorData<Errors<D>[Code]> extends undefined ? [] : [data: ErrorData<Errors<D>[Code]>]
  ) => DeclaredFailure<Code, ErrorData<Errors<D>[Code]>>
}

/** Names in a handler's context that an alias of `uses` cannot take. */
export const reservedAliases = [
  'caller',
  'subject',
  'signal',
  'remaining',
  'traceId',
  'log',
  'dataFolder',
  'fail',
] as const

/** What keeps one operation's promise. */
export type Handler<D extends OperationDeclaration, U extends Uses> = (
  input: ReceivedInput<D['input']>,
  context: Clients<U> & CallContext<D>,
) => SentOutput<D['output']> | FailureOf<D> | Promise<SentOutput<D['output']> | FailureOf<D>>

/** The handlers of a contract. */
export type Handlers<C extends ContractDeclaration, U extends Uses> = {
  readonly [Name in keyof C['operations'] & string]: Handler<C['operations'][Name], U>
}

/** A contract with what keeps it; the export `service` of a service's entry module. */
export interface Service<C extends ContractDeclaration = ContractDeclaration, U extends Uses = Uses> {
  readonly kind: 'service'
  readonly contract: Contract<C>
  readonly uses: U
  readonly operations: Handlers<C, U>
  /** Called once before the first call is served, with the data folder; for opening stores and filling them. */
  readonly start?: ((folder: { readonly dataFolder: string }) => void | Promise<void>) | undefined
  /** Called once after the last call was served. */
  readonly stop?: (() => void | Promise<void>) | undefined
}

/** Any service, the types of its operations forgotten: what building and serving take. */
export interface AnyService {
  readonly kind: 'service'
  readonly contract: Contract
  readonly uses: Uses
  readonly operations: Readonly<Record<string, (input: never, context: never) => unknown>>
  readonly start?: Service['start']
  readonly stop?: Service['stop']
}
