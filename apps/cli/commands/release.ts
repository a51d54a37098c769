import { buildReleases } from '@plimsoll/control/client'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { readProject } from '../project.ts'
import { table } from '../terminal.ts'

export const release: Command = {
  name: 'release',
  usage: 'release [SERVICE…]',
  summary: 'build and sign releases, without running them',
  help: [
    'Builds each service (all of the configuration, or those that are named) to one bundle with its contract, manifest, OpenAPI',
    'document and bill of materials, signs it, and lays it into the release store. The same source gives the same digest.',
  ].join('\n'),
  options: { entry: { type: 'string' } },
  optionHelp: { '--entry FILE': 'another entry module for the one service that is named' },
  examples: ['plimsoll release', 'plimsoll release pricing --json'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const project = await readProject(folder)
  const releases = await buildReleases(project, {
    services: positionals,
    entry: textOption({ options }, 'entry'),
  })
  const built = Object.values(releases).map(({ name, version, digest }) => ({ name, version, digest }))
  terminal.result(built)
  for (const row of table(built.map(({ name, version, digest }) => [`${name}@${version}`, digest])))
    terminal.say(row)
  return 0
}
