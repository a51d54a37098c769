import { connect, refusalOf } from '@plimsoll/control/client'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'

export const consumer: Command = {
  name: 'consumer',
  usage: 'consumer revoke NAME',
  summary: 'make the keys of a consumer worthless, and give it a new one',
  help: [
    'For a key that was lost, or seen by somebody: every key of the consumer opens nothing any more, within seconds and also for calls',
    'that run on its behalf. The new key lies in .plimsoll/consumers/, as a file and as a header for curl -H @file.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll consumer revoke storefront'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  const [verb, name, ...more] = positionals
  if (verb !== 'revoke' || name === undefined || more.length > 0)
    throw usage('consumer takes revoke and the name of a consumer', 'plimsoll consumer revoke NAME')
  const connection = await connect(findProject(folder))
  try {
    const answer = await connection.control('revokeConsumer', { consumer: name })
    if (!answer.ok) throw refusalOf(answer.data)
    terminal.result(answer.output)
    const { revoked } = answer.output as { revoked: number }
    terminal.say(
      `${terminal.style(['bold', 'green'], 'DONE')}  ${revoked} ${revoked === 1 ? 'key' : 'keys'} of ${name} revoked; the new one: .plimsoll/consumers/${name}.key`,
    )
    return 0
  } finally {
    await connection.close()
  }
}
