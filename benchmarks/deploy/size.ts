import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Bytes of packages and of everything that they need, as they lie in node_modules. */
export function installedBytes(root: string, names: readonly string[]): number {
  const folders = new Set<string>()
  const waiting = names.map((name) => ({ name, from: root }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = folderOf(next.name, next.from)
    if (folder === undefined || folders.has(folder)) continue
    folders.add(folder)
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Readonly<Record<string, string>>
    }
    waiting.push(...Object.keys(dependencies).map((name) => ({ name, from: folder })))
  }
  return [...folders].reduce((sum, folder) => sum + bytesIn(folder), 0)
}

function folderOf(name: string, from: string): string | undefined {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  for (const path of paths) {
    const folder = join(path, name)
    if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false }) !== undefined)
      return realpathSync(folder)
  }
  return undefined
}

/** Without tests, which an installation from a registry would not bring. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules' || /\.(?:test|fixture)\.ts$/.test(entry.name)) return sum
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
  }, 0)
}
