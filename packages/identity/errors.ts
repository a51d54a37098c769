import { Failure, Refusal } from '@plimsoll/base'

export type IdentityRefusalCode =
  | 'SPIFFE_ID'
  | 'PEER'
  | 'CLOCK'
  | 'REVOKED'
  | 'KEY_PROOF'
  | 'SIGNATURE'
  | 'ENVELOPE'
  | 'STATEMENT'
  | 'SUBJECT'
  | 'ROTATION'

export type IdentityFailureCode = 'KEY_FILE' | 'AUTHORITY'

/** Somebody is not who they would have to be, or a signature does not hold. */
export class IdentityRefusal extends Refusal<IdentityRefusalCode> {}

/** Key material that should be there cannot be used. */
export class IdentityFailure extends Failure<IdentityFailureCode> {}
