import { InvalidInput, type Json } from '@plimsoll/base'
import { internal, invalidInput, invalidOutput, type Answer, type ProblemAnswer } from '../answer.ts'
import { asDeclaredFailure } from '../outcome.ts'
import type { DeclaredFailure } from '../service.ts'
import { BodyFailure } from '../streams/body-failure.ts'
import { bodyAnswer, inputWithBody } from '../streams/served-body.ts'
import {
  afterwards,
  summaryOf,
  validate as check,
  validateSent,
  type Awaitable,
  type Validation,
} from '../validation.ts'
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
    if (operation.inputBody !== undefined) return serveBody(call, input.value as object, next)
    return afterwards(next(found(call, { input: input.value })), (result) => answerOf(call, result))
  })
}

/** A handler that reads a stream ends with the error of what did not fit in it, unless it has dealt with that. */
async function serveBody(call: TimedCall, head: object, next: Next): Promise<Answer> {
  try {
    const { inputBody } = call.operation
    const input = inputBody === undefined ? head : inputWithBody(call, head, inputBody)
    return await answerOf(call, await next(found(call, { input })))
  } catch (thrown) {
    if (thrown instanceof BodyFailure) return thrown.answer
    throw thrown
  }
}

function unreadable(thrown: unknown): ProblemAnswer {
  if (!(thrown instanceof InvalidInput)) throw thrown
  const answer = invalidInput(
    unreadableStatus[thrown.code] ?? 400,
    thrown.message,
    thrown.code === 'INPUT' ? thrown.problems : undefined,
  )
  return { ...answer, reason: thrown.code }
}

const unreadableStatus: Readonly<Record<string, 413 | 415>> = { JSON_TOO_LARGE: 413, MEDIA_TYPE: 415 }

function answerOf(call: TimedCall, result: unknown): Awaitable<Answer> {
  const { operation } = call
  const failure = asDeclaredFailure(result, operation.errors)
  call.scope.saw(
    failure === undefined ? operation.output : operation.errors.get(failure.code)?.data,
    'output',
    failure === undefined ? result : failure.data,
  )
  if (failure !== undefined) return declaredAnswer(operation, failure)
  if (operation.outputBody === undefined)
    return afterwards(validateSent(operation.output, result), outputAnswer)
  // Never at once: whoever waits for the answer then also hears that the caller has gone.
  return Promise.resolve(bodyAnswer(call, result, operation.outputBody))
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
  return afterwards(
    declared.data === undefined ? nothing : validateSent(declared.data, data),
    (checked): Answer => {
      if (!checked.ok) return invalidOutput(`${code}: ${summaryOf(checked.problems)}`)
      const json = textOf({ code, data: checked.value })
      return typeof json === 'string' ? { kind: 'declared', status: declared.status, code, json } : json
    },
  )
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
