import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the control plane keeps what. All of it is readable by its owner alone. */
export interface Folders {
  readonly state: string
  readonly authority: string
  readonly keys: string
  readonly releases: string
  readonly operator: string
  readonly gateway: string
  readonly consumers: string
  readonly logs: string
  /** Plimsoll’s own programs, as they run here. */
  readonly programs: string
  /** A file for each process that runs. */
  readonly running: string
  /** Data folder of a service; made where it is missing. */
  data(service: string): string
}

export function openFolders(state: string): Folders {
  const folder = (...parts: readonly string[]) => {
    const path = join(state, ...parts)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }
  folder()
  // Something else may have made it first, with the mask of its process.
  chmodSync(state, 0o700)
  return {
    state,
    authority: join(state, 'authority'),
    keys: folder('keys'),
    releases: folder('releases'),
    operator: folder('operator'),
    gateway: folder('gateway'),
    consumers: folder('consumers'),
    logs: folder('logs'),
    programs: folder('programs'),
    running: folder('running'),
    data: (service) => folder('data', service),
  }
}
