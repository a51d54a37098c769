import { Failure, InvalidInput, Refusal, type ErrorFacts, type Place, type Problem } from '@plimsoll/base'

/** Everything that can be wrong with building, describing, keeping or verifying a release. */
export type ReleaseCode = InputCode | RefusalCode | FailureCode

/** Something in the user's source. */
export type InputCode =
  | 'ENTRY_MISSING'
  | 'SYNTAX'
  | 'IMPORT_NOT_FOUND'
  | 'NO_SERVICE'
  | 'WRONG_KIND'
  | 'OTHER_NAME'
  | 'DECLARATION'
  | 'LOAD_THREW'
  | 'LOAD_HAS_EFFECTS'
  | 'LOAD_HANGS'
  | 'LOAD_ENDS'
  | 'NATIVE_ADDON'
  | 'BUNDLE'
  | 'RELEASE_TOO_LARGE'
  | 'REGISTRY_REFERENCE'

/** A release that may not be used. */
export type RefusalCode =
  | 'SECRET_IN_BUNDLE'
  | 'NOT_A_DIGEST'
  | 'RELEASE_UNKNOWN'
  | 'BLOB_MISSING'
  | 'BLOB_ALTERED'
  | 'RELEASE_MALFORMED'
  | 'RELEASE_UNSIGNED'
  | 'ENVELOPE_TOO_LARGE'
  | 'REGISTRY_INSECURE'
  | 'REGISTRY_DENIED'
  | 'REGISTRY_UNKNOWN'
  | 'REGISTRY_ALTERED'
  | 'REGISTRY_TOO_LARGE'

/** Something that should have worked. */
export type FailureCode =
  | 'STORE_WRITE'
  | 'STORE_READ'
  | 'DESCRIBE_FAILED'
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_ANSWER'
  | 'REGISTRY_CREDENTIALS'

export function invalid(code: InputCode, problem: Problem, cause?: unknown): InvalidInput<InputCode> {
  return new InvalidInput(code, [problem], { cause })
}

export function invalidAt(
  code: InputCode,
  place: Place,
  text: { readonly message: string; readonly fix: string },
): InvalidInput<InputCode> {
  return invalid(code, { ...text, place })
}

export function refused(code: RefusalCode, message: string, fix?: string): Refusal<RefusalCode> {
  return new Refusal(code, message, { fix })
}

export function failed(code: FailureCode, message: string, facts: ErrorFacts = {}): Failure<FailureCode> {
  return new Failure(code, message, facts)
}
