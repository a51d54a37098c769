import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf, isDigest, type Digest } from '@plimsoll/base'
import { failed, refused } from '../errors.ts'
import type { Blob } from './image.ts'

/** Content-addressed bytes, as in an OCI image layout: `blobs/sha256/<hex>`. */
export interface Blobs {
  /** Keeps bytes; what is there already is never written again. */
  put(bytes: Uint8Array): Promise<Blob>
  /**
   * The bytes, hashed again on every reading.
   * @throws {Refusal} `NOT_A_DIGEST`, `BLOB_MISSING`, `BLOB_ALTERED`
   */
  get(digest: Digest, size?: number): Promise<Uint8Array>
  has(digest: Digest): Promise<boolean>
  /** Moves a blob out of the way where its content is not what its name says; true where that was so. */
  setAside(digest: Digest): Promise<boolean>
}

const largestBlob = 128 * 1024 * 1024

export function openBlobs(folder: string): Blobs {
  const pathOf = (digest: Digest): string => join(folder, hexOf(digest))
  return {
    async put(bytes) {
      const digest = digestOf(bytes)
      const path = pathOf(digest)
      if (await exists(path)) await readBlob(path, digest, bytes.length)
      else await writeDurably(path, bytes)
      return { digest, size: bytes.length }
    },
    get: async (digest, size) => await readBlob(pathOf(digest), digest, size),
    has: async (digest) => await exists(pathOf(digest)),
    async setAside(digest) {
      const path = pathOf(digest)
      const bytes = await readFile(path).catch(() => undefined)
      if (bytes === undefined || digestOf(bytes) === digest) return false
      await rename(path, `${path}.altered`)
      return true
    },
  }
}

/**
 * The hexadecimal part: the only form in which a digest becomes part of a path.
 * @throws {Refusal} `NOT_A_DIGEST`
 */
export function hexOf(digest: string): string {
  if (isDigest(digest)) return digest.slice('sha256:'.length)
  throw refused('NOT_A_DIGEST', 'a release is named by `sha256:` and 64 hexadecimal digits')
}

async function readBlob(path: string, digest: Digest, size: number | undefined): Promise<Uint8Array> {
  const bytes = await readWhole(path, digest, size)
  if (digestOf(bytes) !== digest) throw altered(digest)
  return bytes
}

async function readWhole(path: string, digest: Digest, size: number | undefined): Promise<Uint8Array> {
  try {
    const file = await stat(path)
    if ((size !== undefined && file.size !== size) || file.size > largestBlob) throw altered(digest)
    return await readFile(path)
  } catch (cause) {
    if (codeOf(cause) === 'BLOB_ALTERED') throw cause
    if (codeOf(cause) === 'ENOENT') {
      throw refused('BLOB_MISSING', `the blob ${digest} is not in the store`, 'build the service again')
    }
    throw failed('STORE_READ', `the blob ${digest} cannot be read`, { cause, retryable: true })
  }
}

function altered(digest: Digest): Error {
  return refused(
    'BLOB_ALTERED',
    `the blob ${digest} was altered: its content has another digest`,
    'delete the blob, find out who could write to the store, and build the service again',
  )
}

/**
 * Writes a file so that it is there completely or not at all, also after a power cut.
 * @throws {Failure} `STORE_WRITE`
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${randomUUID()}.part`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await using file = await open(temporary, 'wx', 0o600)
    await file.writeFile(bytes)
    await file.sync()
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (cause) {
    await rm(temporary, { force: true })
    const full = codeOf(cause) === 'ENOSPC'
    throw failed('STORE_WRITE', full ? 'the disk is full' : 'the store cannot be written', {
      cause,
      place: { file: path },
      fix: full ? 'make room and try again' : 'check that the folder can be written',
      retryable: true,
    })
  }
}

/** The new name itself must outlive a power cut; Windows cannot sync a folder and does without. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return false
    throw failed('STORE_READ', 'the store cannot be read', { cause, place: { file: path }, retryable: true })
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}
