import { digestOf, systemClock, type Digest } from '@plimsoll/base'
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { backup as backUpDatabase, DatabaseSync } from 'node:sqlite'
import { writePrivateFileOnce } from '@plimsoll/identity'
import { audited } from '../../audit/audited.ts'
import { ClientFailure, ClientRefusal } from '../errors.ts'
import type { Project } from '../project.ts'
import { openAudit, thisPerson } from './audit.ts'
import { copyFile, measure, type Copied } from './copy.ts'
import { manifestName, manifestText, parts, type BackedUpFile } from './manifest.ts'

/** First bytes of every SQLite database (file format, section 1.3). */
const databaseMark = 'SQLite format 3\0'
const besideDatabase = /-(?:wal|shm|journal)$/

export interface Backup {
  /** Of the manifest: noted somewhere else, it proves later that nothing was exchanged. */
  readonly digest: Digest
  readonly files: number
  readonly bytes: number
  /** What is no file and no folder, and so is not in it. */
  readonly left: readonly string[]
}

/**
 * Copies the state of a project, whether its control plane runs or not: every database as it is at one moment, the state before
 * what it names. The manifest comes last: without it there is no backup.
 * @param folder a new one, or an empty one
 * @throws {ClientRefusal} `EXISTS`; {ClientFailure} `NOT_RUNNING` where there is no state
 */
export async function backUp({ state, root }: Project, folder: string): Promise<Backup> {
  if (lstatSync(join(state, 'control.sqlite'), { throwIfNoEntry: false })?.isFile() !== true)
    throw new ClientFailure('NOT_RUNNING', 'there is no state to back up: nothing was ever started here', {
      place: { file: root },
      fix: 'start it: plimsoll up',
    })
  openTarget(folder, state)
  const audit = openAudit(state)
  try {
    const about = { who: thisPerson(), act: 'backup', facts: { folder } }
    return await audited(
      audit.log,
      about,
      () => copyAll(state, folder),
      ({ digest, files, bytes }) => ({ digest, files, bytes }),
    )
  } finally {
    audit.close()
  }
}

function openTarget(folder: string, state: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const inside = !relative(realpathSync(state), realpathSync(folder)).startsWith('..')
  if (readdirSync(folder).length === 0 && !inside && (lstatSync(folder).mode & 0o077) === 0) return
  throw new ClientRefusal('EXISTS', 'a backup needs an empty folder outside of the state, for you alone', {
    place: { file: folder },
    fix: 'name a folder that does not exist yet',
  })
}

async function copyAll(state: string, folder: string): Promise<Backup> {
  const files: BackedUpFile[] = []
  const left: string[] = []
  for (const part of parts) {
    for (const path of filesOf(state, part, left)) {
      const copied = await copyOne(state, folder, path)
      if (copied === undefined) left.push(path)
      else files.push({ path, ...copied })
    }
  }
  const text = manifestText({ at: new Date(systemClock.now()).toISOString(), files })
  writePrivateFileOnce(join(folder, manifestName), text)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { digest: digestOf(Buffer.from(text)), files: files.length, bytes, left }
}

/** Paths of regular files below a part, with slashes; links and pipes are noted and left. */
function filesOf(state: string, part: string, left: string[]): readonly string[] {
  const status = lstatSync(join(state, part), { throwIfNoEntry: false })
  if (status === undefined) return []
  if (status.isFile()) return isOfDatabase(join(state, part)) ? [] : [part]
  if (!status.isDirectory()) {
    left.push(part)
    return []
  }
  return readdirSync(join(state, part))
    .toSorted()
    .flatMap((name) => filesOf(state, `${part}/${name}`, left))
}

async function copyOne(state: string, folder: string, path: string): Promise<Copied | undefined> {
  const [from, to] = [join(state, path), join(folder, path)]
  // A service may exchange its folders while they are read: what is not at its own place any more is not copied.
  if (!isInPlace(state, from)) return undefined
  if (!isDatabase(from)) return copyFile(from, to)
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  closeSync(openSync(to, 'wx', 0o600))
  const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 })
  try {
    await backUpDatabase(database, to)
  } finally {
    database.close()
  }
  return isInPlace(state, from) ? measure(to) : undefined
}

/** What a database has beside it while it is open is in its copy. */
function isOfDatabase(path: string): boolean {
  return besideDatabase.test(path) && isDatabase(path.replace(besideDatabase, ''))
}

function isInPlace(state: string, path: string): boolean {
  try {
    return realpathSync(path) === `${realpathSync(state)}${sep}${relative(state, path)}`
  } catch {
    return false
  }
}

function isDatabase(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(databaseMark.length)
    return readSync(file, head) === head.length && head.toString('latin1') === databaseMark
  } finally {
    closeSync(file)
  }
}
