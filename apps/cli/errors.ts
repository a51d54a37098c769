import { Failure, InvalidInput, Refusal } from '@plimsoll/base'

export type CliErrorCode =
  | 'USAGE'
  | 'NO_PROJECT'
  | 'CONFIGURATION'
  | 'NOT_RUNNING'
  | 'NOT_STARTED'
  | 'EXISTS'
  | 'NO_KEY'
  | 'REFUSED'
  | 'CALL_FAILED'
  | 'NO_BROWSER'

/** Wrong use of a command. */
export function usage(message: string, fix: string): InvalidInput<CliErrorCode> {
  return new InvalidInput('USAGE', [{ message, fix }])
}

export class CliFailure extends Failure<CliErrorCode> {}
export class CliRefusal extends Refusal<CliErrorCode> {}
