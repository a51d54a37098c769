import type { Digest } from '@plimsoll/base'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readAudit } from '../../audit/audit-log.ts'
import { verifyChain } from '../../audit/chain.ts'
import { takeLock } from '../../lock.ts'
import { ClientRefusal } from '../errors.ts'
import type { Project } from '../project.ts'
import { openAudit, thisPerson } from './audit.ts'
import { copyFile, measure } from './copy.ts'
import { manifestName, noBackup, parts, readManifest, type BackupManifest } from './manifest.ts'

export interface Restored {
  readonly digest: Digest
  /** When the backup was made, RFC 3339. */
  readonly at: string
  readonly files: number
}

/**
 * Brings a backup back into a project without a state. Everything is verified before anything is written, and what is written is verified
 * again before it takes its place.
 * @param expected the digest that the backup had when it was made
 * @throws {ClientRefusal} `BACKUP` where it is damaged, incomplete or another one; `EXISTS` where there is a state
 */
export function restore({ state }: Project, folder: string, expected?: string): Restored {
  const { manifest, digest } = readManifest(folder)
  if (expected !== undefined && expected !== digest)
    throw noBackup(join(folder, manifestName), `this is another backup: its digest is ${digest}`)
  verify(folder, manifest)
  checkEmpty(state)
  mkdirSync(state, { recursive: true, mode: 0o700 })
  chmodSync(state, 0o700)
  const lock = takeLock(state)
  const draft = join(state, `restore-${randomBytes(6).toString('hex')}`)
  try {
    copyInto(folder, draft, manifest)
    checkState(draft)
    noteRestore(draft, { digest, at: manifest.at, folder })
    takePlace(draft, state)
  } finally {
    rmSync(draft, { recursive: true, force: true })
    lock.release()
  }
  return { digest, at: manifest.at, files: manifest.files.length }
}

/** Each file is there, as it was; and no other. */
function verify(folder: string, { files }: BackupManifest): void {
  for (const { path, bytes, digest } of files) {
    const found = isRegular(folder, path) ? measure(join(folder, path)) : undefined
    if (found === undefined) throw noBackup(join(folder, path), 'a file of the backup is missing')
    if (found.bytes !== bytes || found.digest !== digest)
      throw noBackup(join(folder, path), 'a file of the backup was changed')
  }
  const known = new Set([manifestName, ...files.map(({ path }) => path)])
  const stranger = allIn(folder, '').find((path) => !known.has(path))
  if (stranger !== undefined) throw noBackup(join(folder, stranger), 'a file is no part of the backup')
}

/** No link anywhere on the way. */
function isRegular(folder: string, path: string): boolean {
  const steps = path.split('/')
  const folders = steps.slice(0, -1).map((_, at) => join(folder, ...steps.slice(0, at + 1)))
  const isFolder = (one: string) => lstatSync(one, { throwIfNoEntry: false })?.isDirectory() === true
  return (
    folders.every(isFolder) && lstatSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true
  )
}

function allIn(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? allIn(folder, path) : [path]
  })
}

function checkEmpty(state: string): void {
  // Releases alone are none: a look at the project makes their folder, and whoever builds one has keys.
  const there = parts.find((part) => part !== 'releases' && holdsSomething(join(state, part)))
  if (there === undefined) return
  throw new ClientRefusal('EXISTS', 'there is a state here already: a backup never replaces one', {
    place: { file: join(state, there) },
    fix: `end what runs (Ctrl-C), move ${state} away, and restore again`,
  })
}

function holdsSomething(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false })
  if (status === undefined) return false
  return !status.isDirectory() || readdirSync(path).some((name) => holdsSomething(join(path, name)))
}

/** The files may change between the look at them and the copy. */
function copyInto(folder: string, draft: string, { files }: BackupManifest): void {
  mkdirSync(draft, { mode: 0o700 })
  for (const { path, digest } of files)
    if (copyFile(join(folder, path), join(draft, path))?.digest !== digest)
      throw noBackup(join(folder, path), 'a file of the backup was changed while it was read')
}

/** What was damaged before it was backed up is not brought back without a word. */
function checkState(draft: string): void {
  const file = join(draft, 'control.sqlite')
  let problem: string | undefined
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      const damage = String(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
      const { lines, highest } = readAudit(database)
      problem = damage === 'ok' ? verifyChain(lines, { highest }).problems[0] : damage
    } finally {
      database.close()
    }
  } catch (cause) {
    throw noBackup('control.sqlite', 'the state in the backup is damaged', cause)
  }
  if (problem !== undefined)
    throw noBackup('control.sqlite', `the state in the backup is damaged: ${problem}`)
}

function noteRestore(
  draft: string,
  facts: { readonly digest: string; readonly at: string; readonly folder: string },
) {
  const audit = openAudit(draft)
  try {
    audit.log.append({ who: thisPerson(), act: 'restore', outcome: 'done', facts })
  } finally {
    audit.close()
  }
}

/** The state itself last: without it nothing of the rest counts. */
function takePlace(draft: string, state: string): void {
  for (const part of parts.toReversed()) {
    if (!existsSync(join(draft, part))) continue
    // What a look at the project has made.
    rmSync(join(state, part), { recursive: true, force: true })
    renameSync(join(draft, part), join(state, part))
  }
}
