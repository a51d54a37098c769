import type { Digest } from '@plimsoll/base'
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const chunkBytes = 1_048_576

export interface Copied {
  readonly bytes: number
  readonly digest: Digest
}

/**
 * Copies a regular file, for its owner alone, and has it on the disk when this returns. Links are not followed.
 * @returns undefined where it is no regular file
 */
export function copyFile(from: string, to: string): Copied | undefined {
  const source = openRegular(from)
  if (source === undefined) return undefined
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
    const target = openSync(to, 'wx', 0o600)
    try {
      const copied = digestOfFile(source, (chunk) => writeAll(target, chunk))
      fsyncSync(target)
      return copied
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

/** Length and digest of a regular file; undefined where it is none. */
export function measure(path: string): Copied | undefined {
  const file = openRegular(path)
  if (file === undefined) return undefined
  try {
    return digestOfFile(file, () => undefined)
  } finally {
    closeSync(file)
  }
}

/** Opened without following a link, and without waiting at a pipe. */
function openRegular(path: string): number | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return undefined
    throw thrown
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  return undefined
}

function digestOfFile(file: number, take: (chunk: Buffer) => void): Copied {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let bytes = 0
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    const chunk = buffer.subarray(0, read)
    hash.update(chunk)
    take(chunk)
    bytes += read
  }
  return { bytes, digest: `sha256:${hash.digest('hex')}` }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at)
}
