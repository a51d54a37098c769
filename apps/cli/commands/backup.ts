import { backUp } from '@plimsoll/control/client'
import { resolve } from 'node:path'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless } from '../terminal.ts'

export const backup: Command = {
  name: 'backup',
  usage: 'backup FOLDER',
  summary: 'copy the state of this project: what was live, keys, authority, releases, data',
  help: [
    'Makes a consistent copy, whether anything runs or not: SQLite databases as they are at one moment, also those of services. The',
    'folder is for its owner alone, and as secret as the state itself: it holds every key. Note the digest somewhere else: restore',
    '--digest then proves that nothing was exchanged.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll backup ../shop-backup'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  const [target, ...more] = positionals
  if (target === undefined || more.length > 0)
    throw usage('backup takes one folder', 'plimsoll backup ../shop-backup')
  const made = await backUp(findProject(folder), resolve(folder, target))
  terminal.result({ ...made })
  for (const path of made.left)
    terminal.say(`${terminal.style('yellow', 'left out')}: ${harmless(path)} (no file, or gone)`)
  terminal.say(`${made.files} files, ${Math.ceil(made.bytes / 1_048_576)} MiB`)
  terminal.say(`digest ${made.digest}`)
  return 0
}
