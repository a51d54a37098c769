import { Failure, InvalidInput, Refusal } from '@plimsoll/base'

export type ClientErrorCode =
  | 'USAGE'
  | 'NOT_RUNNING'
  | 'NO_KEY'
  | 'REFUSED'
  | 'CALL_FAILED'
  | 'BACKUP'
  | 'EXISTS'

export class ClientFailure extends Failure<ClientErrorCode> {}
export class ClientRefusal extends Refusal<ClientErrorCode> {}

/** Somebody asked for what is not there. */
export function wrongUse(message: string, fix: string): InvalidInput<ClientErrorCode> {
  return new InvalidInput('USAGE', [{ message, fix }])
}
