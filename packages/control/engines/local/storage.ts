import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const mostEntries = 20_000

/**
 * What a folder holds, in MiB of the disk. Links are not followed. A folder with more entries than are counted counts as full:
 * names cost space, too.
 */
export function heldMiB(folder: string): number {
  let blocks = 0
  let left = mostEntries
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of entriesOf(next)) {
      left -= 1
      if (left < 0) return Infinity
      if (entry.isDirectory()) folders.push(join(next, entry.name))
      blocks += lstatSync(join(next, entry.name), { throwIfNoEntry: false })?.blocks ?? 0
    }
  }
  return (blocks * 512) / 1_048_576
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Gone while it was being looked at.
    return []
  }
}
