import { messageOf, systemClock, type Clock } from '@plimsoll/base'

export type LogLevel = 'info' | 'warn' | 'error'
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes one structured line for each event. Facts never hold inputs, outputs or secrets. */
export interface Logger {
  /** `trace` is the trace id of the call that the event belongs to, where it belongs to one. */
  write(level: LogLevel, event: string, facts?: LogFacts, trace?: string): void
}

export interface LoggerOptions {
  readonly service: string
  /** `pricing/0` */
  readonly instance: string
  readonly clock?: Clock
  /** Where lines go, each with its line feed; standard output where absent. */
  readonly sink?: (line: string) => void
}

const longestFact = 8_192

/** A logger of JSON lines: `{time, level, service, instance, trace, event, ...facts}`. */
export function createLogger(options: LoggerOptions): Logger {
  const { service, instance, clock = systemClock, sink = toStandardOutput } = options
  return {
    write(level, event, facts, trace) {
      const head = { time: new Date(clock.now()).toISOString(), level, service, instance, trace, event }
      // The head comes again at the end, so that no fact can pass for it, and keeps its place at the front.
      sink(`${JSON.stringify({ ...head, ...facts, ...head }, bounded)}\n`)
    },
  }
}

/** What a log line tells of something thrown. For the log only: a message may hold internals. */
export function factsOf(thrown: unknown): LogFacts {
  if (!(thrown instanceof Error)) return { error: messageOf(thrown) }
  return {
    error: `${thrown.name}: ${thrown.message}`,
    code: 'code' in thrown ? String(thrown.code) : undefined,
    cause: thrown.cause === undefined ? undefined : messageOf(thrown.cause),
    stack: thrown.stack,
  }
}

function bounded(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > longestFact ? `${value.slice(0, longestFact)}…` : value
}

function toStandardOutput(line: string): void {
  process.stdout.write(line)
}
