import { parseDuration } from '@plimsoll/base'
import type { BreakGlass } from '@plimsoll/control/client'
import { textOption, type Invocation } from './command.ts'
import { usage } from './errors.ts'

/** Options of a change that somebody answers for although the gate refuses it. */
export const breakGlassOptions = {
  'break-glass': { type: 'string' },
  person: { type: 'string' },
  for: { type: 'string' },
} as const

export const breakGlassHelp = {
  '--break-glass REASON':
    'go live although the gate refuses it; recorded, and shown by status until it expires',
  '--person NAME': 'who answers for it',
  '--for DURATION': 'how long, such as 4h; at most 24h',
}

const longestMs = 24 * 3_600_000

/**
 * What was asked for; undefined where nothing was.
 * @throws {InvalidInput} `USAGE` where a part of it is missing
 */
export function breakGlassOf(options: Invocation['options']): BreakGlass | undefined {
  const [reason, person, length] = ['break-glass', 'person', 'for'].map((name) =>
    textOption({ options }, name),
  )
  if (reason === undefined && person === undefined && length === undefined) return undefined
  const example = 'plimsoll deploy SERVICE --break-glass "REASON" --person "NAME" --for 4h'
  if (reason === undefined || person === undefined || length === undefined)
    throw usage('a break-glass has a reason, a person and an end', example)
  return { reason, person, expires: new Date(Date.now() + durationOf(length, example)).toISOString() }
}

function durationOf(text: string, example: string): number {
  const wrong = usage('--for takes a duration of at most 24h, such as 30m or 4h', example)
  try {
    const length = parseDuration(text)
    if (length <= longestMs) return length
  } catch {
    throw wrong
  }
  throw wrong
}
