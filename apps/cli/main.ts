import { resolve } from 'node:path'
import { readArguments } from './arguments.ts'
import { textOption, type Command, type ExitCode } from './command.ts'
import { commands, loadCommands } from './commands/index.ts'
import { usage } from './errors.ts'
import { commandHelp, overview } from './help.ts'
import { openTerminal, reportError, type Terminal } from './terminal.ts'
import { version } from './version.ts'

// Whoever reads has gone, as `| head` does: there is nobody left to tell.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = words
  const terminal = openTerminal({ json: words.includes('--json') })
  try {
    if (name === undefined || ['help', '--help', '-h'].includes(name)) return await help(rest, terminal)
    if (name === '--version' || name === '-v') return tell(terminal, version)
    return await run(await find(name), rest, terminal)
  } catch (error) {
    return reportError(error, terminal)
  }
}

async function run(command: Command, words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (words.includes('--help') || words.includes('-h')) return tell(terminal, commandHelp(command, terminal))
  const read = readArguments(command, words)
  const folder = resolve(textOption(read, 'project') ?? '.')
  return command.run({ ...read, terminal, folder })
}

async function help(rest: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const about = rest.find((word) => !word.startsWith('-'))
  return tell(
    terminal,
    about === undefined ? overview(await loadCommands(), terminal) : commandHelp(await find(about), terminal),
  )
}

function tell(terminal: Terminal, text: string): ExitCode {
  terminal.say(text)
  terminal.result(text)
  return 0
}

function find(name: string): Promise<Command> {
  const entry = commands.find((known) => known.name === name)
  if (entry !== undefined) return entry.load()
  throw usage(
    `there is no command ${JSON.stringify(name)}`,
    `it is one of ${commands.map((known) => known.name).join(', ')}; plimsoll help tells what each does`,
  )
}
