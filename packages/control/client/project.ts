import type { ArchitectureSettings } from '@plimsoll/architecture'
import type { Place } from '@plimsoll/base'
import { openReleaseStore, type ReleaseStore } from '@plimsoll/release'
import { join } from 'node:path'

/** A folder with a configuration, and the state that belongs to it. */
export interface Project {
  readonly root: string
  /** `.plimsoll` in it. */
  readonly state: string
  readonly store: ReleaseStore
}

/** A project whose configuration was read. */
export interface ConfiguredProject extends Project {
  readonly settings: ArchitectureSettings
  /** Where in the configuration each setting stands. */
  readonly places: Readonly<Record<string, Place>>
}

/** The project in a folder. */
export function openProject(root: string): Project {
  const state = join(root, '.plimsoll')
  return { root, state, store: openReleaseStore(join(state, 'releases')) }
}
