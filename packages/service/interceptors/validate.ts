import { InvalidInput, type Json } from '@plimsoll/base'
import { internal, invalidInput, type Answer, type ProblemAnswer } from '../answer.ts'
import { asDeclaredFailure } from '../outcome.ts'
import type { DeclaredFailure } from '../service.ts'
import { afterwards, summaryOf, validate as check, type Awaitable, type Validation } from '../validation.ts'
import { found, type CheckedCall, type Interceptor, type TimedCall } from './interceptor.ts'

/** Nothing that the contract does not describe comes in or goes out. */
export const validate: Interceptor<TimedCall, CheckedCall, unknown> = (call, next) => {
  try {
    const received = call.incoming.readInput()
    return received instanceof Promise
      ? received.then((input) => serve(call, input, next), unreadable)
      : serve(call, received, next)
  } catch (thrown) {
    return unreadable(thrown)
  }
}

type Next = (call: CheckedCall) => unknown

function serve(call: TimedCall, received: Json, next: Next): Awaitable<Answer> {
  const { operation } = call
  return afterwards(check(operation.input, received), (input) => {
    if (!input.ok) return invalidInput(400, 'the input does not fit the contract', input.problems)
    return afterwards(next(found(call, { input: input.value })), (result) => answerOf(call, result))
  })
}

function unreadable(thrown: unknown): ProblemAnswer {
  if (!(thrown instanceof InvalidInput)) throw thrown
  const answer = invalidInput(thrown.code === 'JSON_TOO_LARGE' ? 413 : 400, thrown.message)
  return { ...answer, reason: thrown.code }
}

function answerOf({ operation }: TimedCall, result: unknown): Awaitable<Answer> {
  const failure = asDeclaredFailure(result, operation.errors)
  return failure === undefined
    ? afterwards(check(operation.output, result), outputAnswer)
    : declaredAnswer(operation, failure)
}

function outputAnswer(checked: Validation): Answer {
  if (!checked.ok) return invalidOutput(summaryOf(checked.problems))
  const json = textOf(checked.value)
  return typeof json === 'string' ? { kind: 'output', json } : json
}

function declaredAnswer(
  { errors }: TimedCall['operation'],
  { code, data }: DeclaredFailure,
): Awaitable<Answer> {
  const declared = errors.get(code)
  if (declared === undefined)
    return internal(`the handler returned ${code}, which the contract does not declare`)
  const nothing: Validation = { ok: true, value: undefined }
  return afterwards(declared.data === undefined ? nothing : check(declared.data, data), (checked): Answer => {
    if (!checked.ok) return invalidOutput(`${code}: ${summaryOf(checked.problems)}`)
    const json = textOf({ code, data: checked.value })
    return typeof json === 'string' ? { kind: 'declared', status: declared.status, json } : json
  })
}

/** The largest output, in bytes of JSON. */
const maxOutputBytes = 1_048_576

/** The value as JSON text, or what is wrong with it. */
function textOf(value: unknown): string | ProblemAnswer {
  let json: string | undefined
  try {
    // Undefined for undefined, whatever its type says.
    json = JSON.stringify(value)
  } catch {
    json = undefined
  }
  if (json === undefined) return invalidOutput('the value cannot be written as JSON')
  // No character takes more than three bytes, so that most answers need not be counted.
  const fits = json.length * 3 <= maxOutputBytes || Buffer.byteLength(json) <= maxOutputBytes
  return fits ? json : invalidOutput(`larger than ${maxOutputBytes} bytes`)
}

/** The reason goes to the log; it tells fields and never values. */
function invalidOutput(reason: string): ProblemAnswer {
  return {
    kind: 'problem',
    status: 500,
    code: 'INVALID_OUTPUT',
    detail: 'the output does not fit the contract',
    reason: `the output does not fit the contract: ${reason}`,
  }
}
