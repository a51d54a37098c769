import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const configurationName = 'plimsoll.config.ts'

/** True where a folder belongs to a project. */
export function hasProject(folder: string): boolean {
  return rootOf(folder) !== undefined
}

/** The nearest folder upwards with a configuration. */
export function rootOf(folder: string): string | undefined {
  for (let root = folder; ; root = dirname(root)) {
    if (existsSync(join(root, configurationName))) return root
    if (dirname(root) === root) return undefined
  }
}
