import type { Problem } from '@plimsoll/base'
import { readsIntoProgramTypes, wireValue, type Schema } from '@plimsoll/contract'

/** What a schema says of a value: the value as the schema reads it, without undeclared members, or what is wrong. */
export type Validation =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Something that may be there at once. */
export type Awaitable<T> = T | Promise<T>

const mostProblems = 50

type StandardResult = Awaited<ReturnType<Schema['~standard']['validate']>>

/**
 * Checks a value with its schema (Standard Schema 1); at once where the schema answers at once. `root` names the value in the problems' fields.
 */
export function validate(schema: Schema, value: unknown, root = ''): Awaitable<Validation> {
  const outcome = schema['~standard'].validate(value)
  return outcome instanceof Promise
    ? outcome.then((result) => validationOf(result, root))
    : validationOf(outcome, root)
}

/**
 * Checks a value that a program hands on, and gives what travels. Where the schema reads texts into values that JSON has not (dates, bytes, big
 * integers), such values are written as their texts first, and the texts have to be ones that the other end reads again.
 */
export function validateSent(schema: Schema, value: unknown): Awaitable<Validation> {
  if (!readsIntoProgramTypes(schema)) return validate(schema, value)
  return afterwards(validate(schema, wireValue(value)), (read) => {
    if (!read.ok) return read
    const written = wireValue(read.value)
    return afterwards(validate(schema, written), (again): Validation =>
      again.ok ? { ok: true, value: written } : again,
    )
  })
}

/** The rest of the work, at once where its beginning is there already: a call that never waits costs no promise. */
export function afterwards<T, R>(value: Awaitable<T>, then: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(then) : then(value)
}

function validationOf(result: StandardResult, root: string): Validation {
  if (result.issues === undefined) return { ok: true, value: result.value }
  const problems = result.issues.slice(0, mostProblems).map((issue) => ({
    message: issue.message,
    place: { field: fieldOf(issue.path, root) },
  }))
  return { ok: false, problems }
}

function fieldOf(path: readonly (PropertyKey | { readonly key: PropertyKey })[] = [], root: string): string {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step))
  return (root === '' ? keys : [root, ...keys]).join('.')
}

/** The problems in one sentence, without any value: for logs and messages. */
export function summaryOf(problems: readonly Problem[]): string {
  return problems
    .slice(0, 5)
    .map(({ message, place }) => (place?.field ? `${place.field}: ${message}` : message))
    .join('; ')
}
