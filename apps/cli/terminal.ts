import { formatPlace, InvalidInput, messageOf, PlimsollError, Refusal } from '@plimsoll/base'
import { stripVTControlCharacters, styleText } from 'node:util'
import type { ExitCode } from './command.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command speaks: text for people, or exactly one JSON value on standard output. */
export interface Terminal {
  readonly json: boolean
  readonly colour: boolean
  readonly width: number
  /** A line for people on standard output; nothing with `--json`. */
  readonly say: (text?: string) => void
  /** What is going on right now, on standard error; nothing with `--json`. */
  readonly progress: (text: string) => void
  /** The result as data; nothing without `--json`. The first one counts: there is one value on standard output. */
  readonly result: (value: unknown) => void
  readonly error: (text: string) => void
  readonly style: (style: Style, text: string) => string
}

export function openTerminal(options: { json: boolean }): Terminal {
  const { json } = options
  let told = false
  const colour =
    !json && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
  return {
    json,
    colour,
    width: Math.max(60, Math.min(process.stdout.columns ?? 100, 140)),
    say: (text = '') => {
      if (!json) process.stdout.write(`${text}\n`)
    },
    progress: (text) => {
      if (!json) process.stderr.write(`${text}\n`)
    },
    result: (value) => {
      if (json && !told) process.stdout.write(`${jsonText(value)}\n`)
      told = true
    },
    error: (text) => process.stderr.write(`${text}\n`),
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  }
}

/** Text that came from outside, without anything that a terminal would obey, and without marks that turn its order around. */
export function harmless(text: string): string {
  const plain = stripVTControlCharacters(text)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is taken out
  return plain.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}')
}

/** JSON in which also those control characters are escaped that JSON lets stand and a terminal obeys. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? 'null'
  return text.replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Says an error as a person needs it (place, what, what to do), or as JSON, and gives the exit code. */
export function reportError(thrown: unknown, terminal: Terminal): ExitCode {
  const problems = problemsOf(thrown)
  const code = thrown instanceof PlimsollError ? thrown.code : 'INTERNAL'
  terminal.result({ error: { code, message: messageOf(thrown), problems } })
  if (!terminal.json) {
    for (const { place, message, fix } of problems) {
      const where = place === '' ? '' : `${harmless(place)}: `
      terminal.error(`${terminal.style('red', 'error')} ${where}${harmless(message)}`)
      if (fix !== undefined) terminal.error(`  ${terminal.style('dim', 'fix')} ${harmless(fix)}`)
    }
    if (
      !(thrown instanceof PlimsollError) &&
      thrown instanceof Error &&
      process.env['PLIMSOLL_DEBUG'] === '1'
    ) {
      terminal.error(thrown.stack ?? '')
    }
  }
  return thrown instanceof InvalidInput ? 2 : 1
}

interface ReportedProblem {
  readonly place: string
  readonly message: string
  readonly fix?: string | undefined
}

function problemsOf(thrown: unknown): readonly ReportedProblem[] {
  if (thrown instanceof InvalidInput) {
    return thrown.problems.map(({ message, place, fix }) => ({
      place: formatPlace({ ...thrown.place, ...place }),
      message,
      fix,
    }))
  }
  if (thrown instanceof PlimsollError) {
    const kind = thrown instanceof Refusal ? 'refused: ' : ''
    return [{ place: formatPlace(thrown.place), message: `${kind}${thrown.message}`, fix: thrown.fix }]
  }
  return [
    {
      place: '',
      message: `unexpected: ${messageOf(thrown)}`,
      fix: 'this is a fault of plimsoll; PLIMSOLL_DEBUG=1 shows where it happened',
    },
  ]
}

/** Rows in columns, each as wide as its widest cell; styles do not count. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stripVTControlCharacters(cell).length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stripVTControlCharacters(cell).length))
      .join('  ')
      .trimEnd(),
  )
}
