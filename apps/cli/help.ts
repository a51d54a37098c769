import type { Command } from './command.ts'
import { table, type Terminal } from './terminal.ts'
import { version } from './version.ts'

/** What `plimsoll` alone says. */
export function overview(commands: readonly Command[], terminal: Terminal): string {
  const rows = commands.map(({ usage, summary }) => [`  ${terminal.style('bold', usage)}`, summary])
  return [
    `plimsoll ${version}: services with a clear contract, vetted together with everything that they join`,
    '',
    ...table(rows),
    '',
    'Every command takes --json (one JSON value), --project FOLDER, --help.',
    'Exit codes: 0 fine, 1 refused, findings or failed, 2 wrong use; 3 something would change (plan --exit-code).',
  ].join('\n')
}

/** What `plimsoll help COMMAND` says. */
export function commandHelp(command: Command, terminal: Terminal): string {
  const rows = Object.entries(command.optionHelp).map(([option, meaning]) => [`  ${option}`, meaning])
  return [
    `${terminal.style('bold', `plimsoll ${command.usage}`)}: ${command.summary}`,
    '',
    command.help,
    ...(rows.length === 0 ? [] : ['', ...table(rows)]),
    '',
    ...command.examples.map((example) => `  $ ${example}`),
  ].join('\n')
}
