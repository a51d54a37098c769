import { read, type Architecture } from '@plimsoll/architecture'
import { resolve } from 'node:path'
import { textOptions, type Invocation } from './command.ts'
import { environmentOf, readSources } from './sources.ts'

/** Options of every command that reads files of others. */
export const readingOptions = {
  profile: { type: 'string', multiple: true },
  'env-file': { type: 'string', multiple: true },
} as const

export const readingHelp = {
  '--profile NAME': 'turn a Compose profile on (may stand several times)',
  '--env-file FILE': 'values for ${NAME} in the files, instead of the .env beside the first',
} as const

/** What was read, and the folder in which its waivers are looked for. */
export interface Foreign {
  readonly architecture: Architecture
  readonly folder: string
}

/** The architecture that files and folders describe. */
export function readForeign(invocation: Invocation, names: readonly string[]): Foreign {
  const { folder: from } = invocation
  const { files, folder, load } = readSources(names, from)
  const named = textOptions(invocation, 'env-file').map((name) => resolve(from, name))
  const environment = environmentOf(folder, named)
  return {
    architecture: read(files, { environment, profiles: textOptions(invocation, 'profile'), load }),
    folder,
  }
}
