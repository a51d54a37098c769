import { checkName, parseDuration, type Duration, type Problem } from '@plimsoll/base'
import type { Operation } from './contract.ts'
import type { UseDocument } from './document.ts'
import { throwProblems } from './errors.ts'

/** How a declared call is made. */
export interface UseOptions {
  /** How often it is tried, the first time included; above 1 only where the operation is idempotent. Default 1. */
  readonly attempts?: number
  /** The longest that one attempt may take. Default: the operation's deadline. */
  readonly timeout?: Duration
  /** True where the caller answers without it: a failure is a value, never an exception. Default false. */
  readonly optional?: boolean
}

/** A declared call with its options; `uses` takes a bare operation too. */
export interface Use<O extends Operation = Operation, Options extends UseOptions = UseOptions> {
  readonly kind: 'use'
  readonly operation: O
  readonly options: Options
}

/** Something outside of Plimsoll that a service calls over HTTP, at an address that the architecture gives. */
export interface External<Name extends string = string> {
  readonly kind: 'external'
  readonly name: Name
  readonly timeoutMs: number
  readonly attempts: number
  readonly optional: boolean
  /** Data classes that are sent there. */
  readonly sends: readonly string[]
}

/** What `external` takes. */
export interface ExternalDeclaration<Name extends string> {
  readonly name: Name
  /** The longest that one attempt may take. */
  readonly timeout: Duration
  /** How often a GET, PUT or DELETE is tried, the first time included. Default 1. */
  readonly attempts?: number
  readonly optional?: boolean
  readonly sends?: readonly string[]
}

/** All that a service may call: alias → operations of one contract, or one external. */
export type Uses = Readonly<Record<string, readonly (Operation | Use)[] | External>>

const mostAttempts = 10
/** No call takes longer than an operation may promise. */
const longestTimeoutMs = 300_000

/**
 * A use of an operation with options.
 * @throws {InvalidInput} `USE`
 */
export function use<const O extends Operation, const Options extends UseOptions>(
  operation: O,
  options: Options,
): Use<O, Options> {
  const field = `uses.${operation.service}.${operation.name}`
  const attempts = options.attempts ?? 1
  throwProblems('USE', attemptProblems(attempts, field))
  if (attempts > 1 && !isIdempotent(operation)) throwProblems('USE', [notIdempotent(operation, field)])
  if (options.timeout !== undefined) timeoutOf(options.timeout, `${field}.timeout`)
  return { kind: 'use', operation, options }
}

/**
 * An external that a service uses.
 * @throws {InvalidInput} `USE`, `NAME`, `DURATION`
 */
export function external<const Name extends string>(declaration: ExternalDeclaration<Name>): External<Name> {
  const { name, timeout, attempts = 1, optional = false, sends = [] } = declaration
  checkName(name, 'external.name')
  throwProblems('USE', attemptProblems(attempts, `uses.${name}`))
  return {
    kind: 'external',
    name,
    timeoutMs: timeoutOf(timeout, `uses.${name}.timeout`),
    attempts,
    optional,
    sends: [...sends],
  }
}

/** The declared calls as data, in the order of aliases and operations. */
export function describeUses(uses: Uses): UseDocument[] {
  return Object.entries(uses).flatMap(([alias, used]) =>
    isExternal(used) ? [describeExternal(alias, used)] : used.map((item) => describeUse(alias, item)),
  )
}

/** True where a repeated call has the same effect as one: said, by its key, or by the method's meaning (RFC 9110, section 9.2.2). */
export function isIdempotent({ declaration }: Operation): boolean {
  const [method] = (declaration.http ?? 'POST /').split(' ')
  if (declaration.idempotencyKey !== undefined) return true
  return declaration.idempotent ?? ['GET', 'PUT', 'DELETE'].includes(method ?? '')
}

function isExternal(used: readonly (Operation | Use)[] | External): used is External {
  return !Array.isArray(used)
}

function describeExternal(alias: string, used: External): UseDocument {
  const { name, timeoutMs, attempts, optional, sends } = used
  return { kind: 'external', alias, external: name, timeoutMs, attempts, optional, sends }
}

function describeUse(alias: string, item: Operation | Use): UseDocument {
  const { operation, options } = item.kind === 'use' ? item : { operation: item, options: {} as UseOptions }
  return {
    kind: 'operation',
    alias,
    service: operation.service,
    operation: operation.name,
    contractVersion: operation.contractVersion,
    attempts: options.attempts ?? 1,
    timeoutMs: parseDuration(options.timeout ?? operation.declaration.deadline),
    optional: options.optional ?? false,
  }
}

function timeoutOf(timeout: Duration, field: string): number {
  const milliseconds = parseDuration(timeout, field)
  const message = `${timeout} is longer than a call may take`
  if (milliseconds > longestTimeoutMs) {
    throwProblems('USE', [{ message, place: { field }, fix: 'write at most 5m' }])
  }
  return milliseconds
}

function attemptProblems(attempts: number, field: string): readonly Problem[] {
  if (Number.isInteger(attempts) && attempts >= 1 && attempts <= mostAttempts) return []
  return [
    {
      message: `${String(attempts)} is no number of attempts`,
      place: { field: `${field}.attempts` },
      fix: `write a whole number from 1 to ${mostAttempts}`,
    },
  ]
}

function notIdempotent({ service, name }: Operation, field: string): Problem {
  return {
    message: `${service}.${name} is tried again although it is not idempotent: a repeated call could act twice`,
    place: { field: `${field}.attempts` },
    fix: `take attempts away, or let the owner of ${service} declare ${name} idempotent`,
  }
}
