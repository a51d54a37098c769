import { restore } from '@plimsoll/control/client'
import { resolve } from 'node:path'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'

export const restoreCommand: Command = {
  name: 'restore',
  usage: 'restore FOLDER',
  summary: 'bring a backup back into this project, which has no state',
  help: [
    'Verifies every file of the backup before anything is written, and never replaces a state: move .plimsoll away first. plimsoll up',
    'then runs what was live when the backup was made.',
  ].join('\n'),
  options: { digest: { type: 'string' } },
  optionHelp: { '--digest DIGEST': 'what plimsoll backup said when it was made' },
  examples: ['plimsoll restore ../shop-backup'],
  run,
}

async function run({ folder, positionals, options, terminal }: Invocation): Promise<ExitCode> {
  const [source, ...more] = positionals
  if (source === undefined || more.length > 0)
    throw usage('restore takes one folder', 'plimsoll restore ../shop-backup')
  const digest = textOption({ options }, 'digest')
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw usage(
      '--digest takes a digest as plimsoll backup shows it',
      'plimsoll restore FOLDER --digest sha256:…',
    )
  const restored = restore(findProject(folder), resolve(folder, source), digest)
  terminal.result({ ...restored })
  terminal.say(`restored ${restored.files} files, as they were at ${restored.at}`)
  terminal.say(`  digest ${restored.digest}`)
  terminal.say('  plimsoll up runs what was live then')
  return 0
}
