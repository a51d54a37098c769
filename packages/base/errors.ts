/** Where in a user's input something is wrong, or where a fact was read. */
export interface Place {
  /** Path as the user knows it, relative to the project where possible. */
  readonly file?: string | undefined
  /** 1-based. */
  readonly line?: number | undefined
  /** 1-based. */
  readonly column?: number | undefined
  /** Dotted path of the field, such as `operations.quote.deadline`. */
  readonly field?: string | undefined
}

/** What an error may carry beside its message. */
export interface ErrorFacts {
  readonly place?: Place | undefined
  /** What the reader can do about it, one sentence. */
  readonly fix?: string | undefined
  readonly cause?: unknown
  /** True where trying the same again, later, may succeed. */
  readonly retryable?: boolean | undefined
}

/**
 * The one ancestor of every error that Plimsoll throws on purpose. Each package closes `Code` to its own union,
 * so that a `switch` over codes is checked. Facts stand in fields; the message is for people.
 */
export abstract class PlimsollError<Code extends string = string> extends Error {
  readonly code: Code
  readonly place: Place | undefined
  readonly fix: string | undefined
  readonly retryable: boolean

  constructor(code: Code, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.code = code
    this.place = facts.place
    this.fix = facts.fix
    this.retryable = facts.retryable ?? false
  }
}

/** "You may not": a rule said no. Trying again changes nothing. */
export class Refusal<Code extends string = string> extends PlimsollError<Code> {}

/** "It broke": something that should have worked did not. */
export class Failure<Code extends string = string> extends PlimsollError<Code> {}

/** "What you wrote is wrong": input of a person, with its place and what to do. */
export class InvalidInput<Code extends string = string> extends PlimsollError<Code> {
  /** Every problem found, in the order of the input; the error itself tells the first. */
  readonly problems: readonly Problem[]

  constructor(code: Code, problems: readonly [Problem, ...Problem[]], facts: ErrorFacts = {}) {
    const [first] = problems
    super(code, first.message, { place: first.place, fix: first.fix, ...facts })
    this.problems = problems
  }
}

/** One thing that is wrong with an input. */
export interface Problem {
  readonly message: string
  readonly place?: Place | undefined
  readonly fix?: string | undefined
}

/** `file:line:column field`, as far as it is known; empty where nothing is. */
export function formatPlace(place: Place | undefined): string {
  if (place === undefined) return ''
  const position = [place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((part) => part !== undefined)
    .join(':')
  return [position, place.field].filter((part) => part !== undefined && part !== '').join(' ')
}

/** The message of anything that was thrown, without stack or inner details. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  try {
    return String(thrown)
  } catch {
    return 'something that has no text'
  }
}
