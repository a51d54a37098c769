import { Failure, Refusal } from '@plimsoll/base'

export type ControlRefusalCode =
  | 'ALREADY_RUNNING'
  | 'RELEASE_UNKNOWN'
  | 'ROUTES'
  | 'PORT_TAKEN'
  | 'CHANGE_IN_PROGRESS'
  | 'PLAN_STALE'
  | 'NOTHING_TO_ROLL_BACK'
  | 'TRUST_CHANGED'
  | 'REPLAYED'
  | 'BREAK_GLASS'
  | 'NOT_FOLLOWED'
  | 'CONSUMER_UNKNOWN'
  | 'CANARY_COUPLED'

export type ControlFailureCode = 'STATE' | 'START' | 'CLOSING'

/** The control plane said no; nothing was touched. */
export class ControlRefusal extends Refusal<ControlRefusalCode> {}

/** Something broke; what ran before runs on. */
export class ControlFailure extends Failure<ControlFailureCode> {}
