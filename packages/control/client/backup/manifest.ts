import { digestOf, isDigest, parseJson, type Digest } from '@plimsoll/base'
import { lstatSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { ClientRefusal } from '../errors.ts'

/** What is backed up of a state folder; everything else is made anew, or is of one run of a control plane. */
export const parts = [
  'control.sqlite',
  'users.json',
  'authority',
  'keys',
  'consumers',
  'releases',
  'data',
] as const

export const manifestName = 'backup.json'
const format = 'plimsoll/backup/1'
const mostBytes = 256 * 1_048_576
const mostFiles = 1_000_000

export interface BackedUpFile {
  /** Below the state folder, with slashes. */
  readonly path: string
  readonly bytes: number
  readonly digest: Digest
}

/** All files of a backup. Its own digest, noted somewhere else, proves that nothing of the backup was exchanged. */
export interface BackupManifest {
  /** RFC 3339. */
  readonly at: string
  readonly files: readonly BackedUpFile[]
}

export function manifestText({ at, files }: BackupManifest): string {
  return `${JSON.stringify({ format, at, files }, undefined, 1)}\n`
}

/**
 * The manifest of a backup, and its digest.
 * @throws {ClientRefusal} `BACKUP` where it is none, or names a file that is no part of a state
 */
export function readManifest(folder: string): { readonly manifest: BackupManifest; readonly digest: Digest } {
  const path = join(folder, manifestName)
  const status = lstatSync(path, { throwIfNoEntry: false })
  if (status?.isFile() !== true) throw noBackup(path, 'there is no backup here, or it was not finished')
  if (status.size > mostBytes) throw noBackup(path, 'the manifest is larger than any that is written')
  const bytes = readFileSync(path)
  return { manifest: parsed(bytes, path), digest: digestOf(bytes) }
}

function parsed(bytes: Buffer, path: string): BackupManifest {
  let value: unknown
  try {
    value = parseJson(bytes, { maxBytes: mostBytes, maxDepth: 4 })
  } catch (cause) {
    throw noBackup(path, 'the manifest is damaged', cause)
  }
  const { format: said, at, files } = value as Partial<BackupManifest> & { readonly format?: unknown }
  if (said !== format || typeof at !== 'string' || !Array.isArray(files) || files.length > mostFiles)
    throw noBackup(path, 'this is no manifest of a backup that this version knows')
  const bad = files.find((file) => !isFile(file))
  if (bad !== undefined) throw noBackup(path, `the manifest names what is no file of a state: ${named(bad)}`)
  const names = new Set(files.map((file: BackedUpFile) => file.path))
  if (names.size !== files.length) throw noBackup(path, 'the manifest names a file twice')
  if (!names.has('control.sqlite')) throw noBackup(path, 'the manifest does not name the state itself')
  return { at, files: files as readonly BackedUpFile[] }
}

function named(file: unknown): string {
  return JSON.stringify((file as { readonly path?: unknown } | null)?.path ?? file).slice(0, 200)
}

function isFile(value: unknown): value is BackedUpFile {
  if (typeof value !== 'object' || value === null) return false
  const { path, bytes, digest } = value as Partial<BackedUpFile>
  if (typeof path !== 'string' || typeof digest !== 'string' || !isDigest(digest)) return false
  return Number.isSafeInteger(bytes) && (bytes ?? -1) >= 0 && isPath(path)
}

/** One writing for each file, and none outside of the parts. */
function isPath(path: string): boolean {
  const [first = '', ...rest] = path.split('/')
  const proper = posix.normalize(path) === path && !path.startsWith('/') && !/[\0\\]/.test(path)
  const alone = first === 'control.sqlite' || first === 'users.json'
  return proper && (parts as readonly string[]).includes(first) && alone === (rest.length === 0)
}

export function noBackup(file: string, message: string, cause?: unknown): ClientRefusal {
  return new ClientRefusal('BACKUP', message, {
    place: { file },
    fix: 'name another backup; nothing was written',
    cause,
  })
}
