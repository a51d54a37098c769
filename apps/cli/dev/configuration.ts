import type { ArchitectureSettings } from '@plimsoll/architecture'
import { InvalidInput, type Place, type Problem } from '@plimsoll/base'
import type { ConfiguredProject, Project } from '@plimsoll/control/client'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CliErrorCode } from '../errors.ts'

/** What the thread tells that reads a configuration. */
export type ReadConfiguration =
  | {
      readonly ok: true
      readonly settings: ArchitectureSettings
      readonly places: Readonly<Record<string, Place>>
      readonly inputs: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly inputs: readonly string[] }

export interface Configuration {
  readonly project: ConfiguredProject
  /** Absolute paths of every module that was loaded to read it. */
  readonly inputs: readonly string[]
}

/**
 * Reads the configuration of a project as it is now, whatever was loaded before.
 * @throws {InvalidInput} `CONFIGURATION`, with the place of everything that is wrong with it
 */
export async function readAfresh(project: Project): Promise<Configuration> {
  const worker = new Worker(new URL('./configuration-worker.ts', import.meta.url), {
    workerData: { folder: project.root },
    stdout: true,
  })
  try {
    const [read] = (await Promise.race([once(worker, 'message'), ending(worker)])) as [ReadConfiguration]
    if (!read.ok) throw invalid(read.problems)
    return { project: { ...project, settings: read.settings, places: read.places }, inputs: read.inputs }
  } finally {
    await worker.terminate()
  }
}

/** A configuration that ends its thread tells nothing. */
async function ending(worker: Worker): Promise<[ReadConfiguration]> {
  await once(worker, 'exit')
  return [
    { ok: false, problems: [{ message: 'the configuration ends the process that reads it' }], inputs: [] },
  ]
}

function invalid([first, ...others]: readonly Problem[]): InvalidInput<CliErrorCode> {
  return new InvalidInput('CONFIGURATION', [first ?? { message: 'it cannot be read' }, ...others])
}
