import type { ParseArgsOptionsConfig } from 'node:util'
import type { Terminal } from './terminal.ts'

/** 0 fine, 1 refused, findings or failed, 2 wrong use, 3 something would change (`plan --exit-code`). */
export type ExitCode = 0 | 1 | 2 | 3

/** What a command gets. */
export interface Invocation {
  readonly positionals: readonly string[]
  /** Values of the options, as `node:util` parseArgs gives them. */
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  /** Fields of a call's input, for a command that takes them. */
  readonly fields: Readonly<Record<string, string>>
  readonly terminal: Terminal
  /** Folder from which the project is looked for. */
  readonly folder: string
}

/** One word behind `plimsoll`. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** Such as `deploy [SERVICE…]`. */
  readonly usage: string
  /** What it does, beyond the summary. */
  readonly help: string
  readonly options: ParseArgsOptionsConfig
  /** Option → what it means, for the help. */
  readonly optionHelp: Readonly<Record<string, string>>
  readonly examples: readonly string[]
  /** True where `--name value` of any other name is a field of the call's input. */
  readonly takesFields?: boolean
  run(invocation: Invocation): Promise<ExitCode>
}

/** The text of an option that takes one. */
export function textOption(invocation: Pick<Invocation, 'options'>, name: string): string | undefined {
  const value = invocation.options[name]
  return typeof value === 'string' ? value : undefined
}

/** The texts of an option that may stand several times. */
export function textOptions(invocation: Pick<Invocation, 'options'>, name: string): readonly string[] {
  const value = invocation.options[name]
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string')
}
