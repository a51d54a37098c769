import type { Architecture } from '@plimsoll/architecture'
import { read } from '@plimsoll/architecture/read'
import { resolve } from 'node:path'
import { textOptions, type Invocation } from './command.ts'
import { environmentOf, readSources } from './sources.ts'

/** What was read, and the folder in which its waivers are looked for. */
export interface Foreign {
  readonly architecture: Architecture
  readonly folder: string
}

/** The architecture that files and folders describe. */
export function readForeign(invocation: Invocation, names: readonly string[]): Foreign {
  const { folder: from } = invocation
  const { files, folder, load, list } = readSources(names, from)
  const named = textOptions(invocation, 'env-file').map((name) => resolve(from, name))
  const environment = environmentOf(folder, named)
  return {
    architecture: read(files, { environment, profiles: textOptions(invocation, 'profile'), load, list }),
    folder,
  }
}
