import { connect, refusalOf } from '@plimsoll/control/client'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { textOption } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless } from '../terminal.ts'

export const logs: Command = {
  name: 'logs',
  usage: 'logs SERVICE',
  summary: 'the last lines that the replicas of a service wrote',
  help: 'Structured lines, one for each event. `logs gateway` shows the gateway’s.',
  options: { lines: { type: 'string', short: 'n' } },
  optionHelp: { '-n, --lines N': 'how many lines of each replica (default 50)' },
  examples: ['plimsoll logs inventory', 'plimsoll logs gateway -n 10'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const [service, ...more] = positionals
  if (service === undefined || more.length > 0) throw usage('logs takes one service', 'plimsoll logs SERVICE')
  const lines = Number(textOption({ options }, 'lines') ?? 50)
  if (!Number.isInteger(lines) || lines < 1 || lines > 1_000)
    throw usage('--lines takes a number from 1 to 1000', '--lines 50')
  const connection = await connect(findProject(folder))
  try {
    const answer = await connection.control('logs', { service, lines })
    if (!answer.ok) throw refusalOf(answer.data)
    terminal.result(answer.output)
    const output = answer.output as unknown as { lines: { instance: string; line: string }[] }
    for (const { instance, line } of output.lines)
      terminal.say(`${terminal.style('dim', instance)}  ${harmless(line)}`)
    return 0
  } finally {
    await connection.close()
  }
}
