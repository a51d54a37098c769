import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { IdentityFailure } from './errors.ts'

/** More than any key or certificate has. */
const mostBytes = 1024 * 1024

/** A folder that its owner alone may enter; made where it is missing. */
export function openPrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  checkOwner(statSync(path), path, 'chmod 700')
}

/**
 * The text of a file that its owner alone may read; undefined where there is none. A link is not followed: whoever could lay
 * it there would choose the key.
 * @throws {IdentityFailure} `KEY_FILE`
 */
export function readPrivateFile(path: string): string | undefined {
  const file = openForReading(path)
  if (file === undefined) return undefined
  try {
    const facts = fstatSync(file)
    if (!facts.isFile() || facts.size > mostBytes) throw noKeyFile(path, 'this is no file of a key')
    checkOwner(facts, path, 'chmod 600')
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function openForReading(path: string): number | undefined {
  // Without waiting, where somebody has put a pipe there.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Readonly<Record<string, number>>
  try {
    return openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const why: Readonly<Record<string, string>> = {
      ELOOP: 'a link lies where a key has to be',
      EACCES: 'this user may not read the key',
    }
    throw noKeyFile(path, why[code ?? ''] ?? `the key cannot be read (${code ?? 'unknown'})`, cause)
  }
}

/**
 * Writes a file that its owner alone may read, whole or not at all, and never over another: where somebody else was first,
 * theirs stays.
 * @returns the text that is there now.
 */
export function writePrivateFileOnce(path: string, text: string): string {
  openPrivateFolder(dirname(path))
  const draft = writeDraft(path, text)
  try {
    linkSync(draft, path)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readPrivateFile(path) ?? text
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Makes a file that its owner alone may read hold this text, whole or not at all; never through a link. */
export function keepPrivateFile(path: string, text: string): void {
  const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  if (isFile && readFileSync(path, 'utf8') === text) return
  const draft = writeDraft(path, text)
  try {
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
}

function writeDraft(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, text)
    fchmodSync(file, 0o600)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

function checkOwner({ mode, uid }: Stats, path: string, command: string): void {
  if (process.platform === 'win32') return
  if (uid !== process.geteuid?.()) throw noKeyFile(path, 'another user owns what has to be private')
  if ((mode & 0o077) === 0) return
  throw new IdentityFailure('KEY_FILE', 'others on this machine may read what has to be private', {
    place: { file: path },
    fix: `${command} ${path}; if it lay open, make new keys`,
  })
}

function noKeyFile(file: string, message: string, cause?: unknown): IdentityFailure {
  const fix = 'put the file back as it was, owned by the user who runs this; or move it away for a new one'
  return new IdentityFailure('KEY_FILE', message, { place: { file }, fix, cause })
}
