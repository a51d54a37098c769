import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { ControlFailure } from '../../../errors.ts'

/** Where the replicas of one architecture listen: a folder a service, which only it and its callers are shown. */
export interface SocketFolders {
  /** Made from the path of the state folder. */
  readonly name: string
  /** The folder of all of them. */
  readonly root: string
  /** The folder of a service, made where it is missing, and given to its user. */
  of(service: string, user?: number): string
  /** The socket over which one process comes back, in a folder of its own. */
  ofProcess(id: string): string
  /** Takes away the sockets of replicas that are gone: all but those of the processes with these addresses and ids. */
  clear(keep: { readonly addresses: readonly string[]; readonly ids: readonly string[] }): void
  /** Takes everything away, after the last replica. */
  remove(): void
}

/**
 * Folders with a path that is short enough for a socket (unix(7)), for the owner alone.
 * @param state the state folder of the architecture, from which the path is made
 * @throws {ControlFailure} `STATE` where somebody else has made the folder
 */
export function openSocketFolders(state: string): SocketFolders {
  const name = createHash('sha256').update(resolve(state)).digest('hex').slice(0, 12)
  const root = rootFolder(name)
  return {
    name,
    root,
    of(service, user) {
      const folder = join(root, service)
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      chmodSync(folder, 0o755)
      if (user !== undefined) chownSync(folder, user, user)
      return folder
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
    ofProcess: (id) => join(root, returning, id, 'resume.sock'),
    clear({ addresses, ids }) {
      const kept = new Set([
        ...addresses.map((address) => address.replace(/^unix:/, '')),
        ...ids.map((id) => join(root, returning, id)),
      ])
      for (const folder of readdirSync(root)) clearFolder(join(root, folder), kept)
    },
  }
}

/** No service has such a name. */
const returning = '.resume'

/** The folder itself stays while anybody runs: it is mounted in sandboxes, which would not see another one in its place. */
function clearFolder(folder: string, kept: ReadonlySet<string>): void {
  if (kept.size === 0) return rmSync(folder, { recursive: true, force: true })
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry)
    if (!kept.has(path)) rmSync(path, { recursive: true, force: true })
  }
}

/** Makes the folder of a socket: to be looked into by whoever is shown it, and written by its owner alone. */
export function openSocketFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  chmodSync(folder, 0o755)
  return folder
}

function rootFolder(name: string): string {
  const root = process.getuid?.() === 0
  const runtime = root ? '/run' : process.env['XDG_RUNTIME_DIR']
  const parents = runtime === undefined ? [] : [join(runtime, 'plimsoll')]
  const last = join(tmpdir(), `plimsoll-${userInfo().uid}`)
  for (const parent of [...parents, last]) {
    const folder = join(parent, name)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    } catch (cause) {
      if (parent === last) throw foreign(folder, cause)
      continue
    }
    if (!isOwn(parent)) continue
    // Users of sandboxes that are shown it may pass; the folder above lets nobody in.
    chmodSync(folder, 0o711)
    return folder
  }
  throw foreign(last)
}

/** No link, this user's, and nobody else gets in: in a temporary folder for everybody, anybody may have made it first. */
function isOwn(folder: string): boolean {
  const status = lstatSync(folder)
  return status.isDirectory() && status.uid === userInfo().uid && (status.mode & 0o077) === 0
}

function foreign(folder: string, cause?: unknown): ControlFailure {
  return new ControlFailure(
    'STATE',
    'the folder for sockets cannot be used: it is missing, or somebody else’s',
    {
      place: { file: folder },
      fix: 'remove it, or set XDG_RUNTIME_DIR to a folder of your own',
      cause,
    },
  )
}
