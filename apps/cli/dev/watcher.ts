import { watch, type FSWatcher } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** An editor writes a file in several steps: they count as one change. */
const quietMs = 8
const longestQuietMs = 60
const mostFolders = 2_000

/** Tells which of the files that it follows were changed. */
export interface SourceWatcher {
  /** From now on these files, and whatever comes to be beside them. */
  follow(files: Iterable<string>): void
  close(): void
}

/**
 * Watches the folders of files, but those of installed packages. Folders, because editors replace a file by another one, which
 * a watched file would not see.
 */
export function watchSources(onChange: (paths: ReadonlySet<string>) => void): SourceWatcher {
  const watchers = new Map<string, FSWatcher>()
  let changed = new Set<string>()
  let firstAt = 0
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    const paths = changed
    changed = new Set()
    onChange(paths)
  }
  const note = (path: string) => {
    const now = performance.now()
    if (timer === undefined) firstAt = now
    else clearTimeout(timer)
    changed.add(path)
    timer = setTimeout(tell, Math.max(0, Math.min(quietMs, firstAt + longestQuietMs - now)))
  }
  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const open = (folder: string) => {
    if (watchers.has(folder) || watchers.size >= mostFolders) return
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null) note(join(folder, name))
      })
      // The folder has gone; where it comes back, the next change follows it again.
      watcher.on('error', () => forget(folder))
      watchers.set(folder, watcher)
    } catch {
      // It has gone in this moment.
    }
  }
  return {
    follow(files) {
      const own = [...files].filter((file) => !file.includes(`${sep}node_modules${sep}`))
      for (const folder of new Set(own.map((file) => dirname(file)))) open(folder)
    },
    close() {
      clearTimeout(timer)
      for (const folder of watchers.keys()) forget(folder)
    },
  }
}
