import type { SourceFile } from '@plimsoll/architecture'
import { InvalidInput, messageOf } from '@plimsoll/base'
import { waiversName } from '@plimsoll/vetting/gate'
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parseEnv } from 'node:util'
import type { CliErrorCode } from './errors.ts'

/** Files that somebody else wrote, as they are judged, and what else they may refer to. */
export interface Sources {
  readonly files: readonly SourceFile[]
  /** Folder of the first: `.env` and waivers are looked for there. */
  readonly folder: string
  /** A file that one of them refers to; undefined where it is outside of their folders, too large or not there. */
  readonly load: (path: string, from: string) => SourceFile | undefined
  /** Paths of the files in a folder beside one of them, relative to that folder. */
  readonly list: (folder: string, from: string) => readonly string[]
}

const largestFile = 16 * 1024 * 1024
const largestTotal = 128 * 1024 * 1024
const mostFiles = 5_000
const mostFolders = 20_000
const deepest = 32
const mostListed = 200
const extension = /\.(?:ya?ml|json)$/i

/** True where a word on the command line is a file or folder to judge, and not the name of a service. */
export function isSource(word: string): boolean {
  return extension.test(word) || /[\\/]/.test(word) || word === '.' || word === '..'
}

/**
 * Reads the files that are named, and every `.yaml`, `.yml` and `.json` file of the folders that are named. A folder is never
 * left through a symbolic link, nothing is fetched, and everything is bounded.
 * @throws {InvalidInput} `USAGE` naming the file
 */
export function readSources(names: readonly string[], from: string): Sources {
  const paths = names.map((name) => resolve(from, name))
  const folders = paths.map((path) => (isFolder(path) ? path : dirname(path)))
  const [folder = from] = folders
  const roots = [...new Set(folders)].map((path) => realOf(path))
  const found = [...new Set(paths.flatMap((path) => (isFolder(path) ? filesIn(path) : [path])))]
  let total = 0
  const files = found.map((path) => {
    const text = readText(path)
    total += text.length
    if (total > largestTotal)
      throw problem(path, `the files are larger than ${largestTotal / 1_048_576} MiB`, 'name fewer')
    return { name: nameOf(path), text }
  })
  return {
    files,
    folder,
    load: (path, origin) => load(path, { origin, roots }),
    list: (path, origin) => list(path, { origin, roots }),
  }
}

/** Files of a folder, sorted by path, so that the same folder always reads the same. */
function filesIn(root: string): readonly string[] {
  const real = realOf(root)
  const files: string[] = []
  const waiting = [{ folder: root, depth: 0 }]
  for (let at = 0; at < waiting.length; at += 1) {
    const { folder, depth } = waiting[at] ?? { folder: root, depth: 0 }
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < deepest && !isSkipped(entry.name))
        waiting.push({ folder: path, depth: depth + 1 })
      if (isWanted(entry, { path, real })) files.push(path)
    }
    if (files.length > mostFiles || waiting.length > mostFolders)
      throw problem(
        root,
        `there are more than ${mostFiles} files or ${mostFolders} folders`,
        'name the folder with the deployment files',
      )
  }
  if (files.length === 0)
    throw problem(root, 'there is no .yaml, .yml or .json file', 'name the folder with the deployment files')
  return files.toSorted()
}

/** @throws {InvalidInput} where the file would be somewhere else */
function isWanted(entry: Dirent, { path, real }: { readonly path: string; readonly real: string }): boolean {
  if (entry.isDirectory() || !extension.test(entry.name) || entry.name === waiversName) return false
  if (entry.isSymbolicLink() && !isInside(path, real))
    throw problem(path, 'this link leads out of the folder', 'copy the file, or name it itself')
  return isFile(path)
}

function isSkipped(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.')
}

function load(
  path: string,
  { origin, roots }: { readonly origin: string; readonly roots: readonly string[] },
): SourceFile | undefined {
  if (isAbsolute(path) || path.includes('\0')) return undefined
  const target = resolve(dirname(resolve(origin)), path)
  if (!isFile(target) || !roots.some((root) => isInside(target, root))) return undefined
  return statSync(target).size > largestFile
    ? undefined
    : { name: nameOf(target), text: readFileSync(target, 'utf8') }
}

/** Files of a folder and of those right in it, sorted; few, for a folder of configuration holds few. */
function list(
  path: string,
  { origin, roots }: { readonly origin: string; readonly roots: readonly string[] },
): readonly string[] {
  if (isAbsolute(path) || path.includes('\0')) return []
  const target = resolve(dirname(resolve(origin)), path)
  if (!isFolder(target) || !roots.some((root) => isInside(target, root))) return []
  const entriesOf = (folder: string) =>
    readdirSync(join(target, folder), { withFileTypes: true }).slice(0, mostListed)
  const folders = entriesOf('.').filter((entry) => entry.isDirectory() && !isSkipped(entry.name))
  return ['.', ...folders.map(({ name }) => name)]
    .flatMap((folder) =>
      entriesOf(folder)
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(folder, name)),
    )
    .slice(0, mostListed)
    .toSorted()
}

/** True where a path, with all links followed, is in a folder. */
function isInside(path: string, root: string): boolean {
  try {
    const real = realpathSync(path)
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)
  } catch {
    return false
  }
}

/**
 * A file of bounded size; never a device or a folder.
 * @throws {InvalidInput} `USAGE`
 */
export function readText(path: string, most = largestFile): string {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (facts === undefined) throw problem(path, 'there is no such file', 'name a file that is there')
  if (!facts.isFile()) throw problem(path, 'this is no file', 'name a file')
  if (facts.size > most) throw problem(path, `the file is larger than ${most / 1_048_576} MiB`, 'split it')
  return readFileSync(path, 'utf8')
}

/**
 * Values for `${NAME}` in the files: those of `--env-file`, or of the `.env` in the folder. Variables of this shell do not count, so
 * that a verdict repeats.
 */
export function environmentOf(folder: string, named: readonly string[]): Readonly<Record<string, string>> {
  const beside = join(folder, '.env')
  const paths = named.length > 0 ? named : existsSync(beside) ? [beside] : []
  const values = paths.flatMap((path) => Object.entries(parseEnv(readText(path))))
  return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** True where a path is a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw problem(
      path,
      messageOf(error).split(',')[0] ?? 'there is no such folder',
      'name a file that is there',
    )
  }
}

/** How people know a path: relative to where they are. */
function nameOf(path: string): string {
  return relative('.', path) || path
}

function problem(path: string, message: string, fix: string): InvalidInput<CliErrorCode> {
  return new InvalidInput('USAGE', [{ message, place: { file: nameOf(path) }, fix }])
}
