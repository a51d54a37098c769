import { basename } from 'node:path'
import type { ControlGroup, ControlGroups, ReplicaLimits } from './control-groups.ts'
import { inside, sandboxCommand, type SandboxParts } from './sandbox.ts'

/** One thing that keeps a service from harming others, and whether it stands on this machine. */
export interface Wall {
  readonly name: 'files' | 'network' | 'system calls' | 'user' | 'memory and processes' | 'permissions'
  readonly stands: boolean
  /** What it keeps away; where it does not stand, why not. */
  readonly about: string
  /** What to do so that it stands. */
  readonly fix?: string | undefined
}

/** A program to be started, and what it may see and take. */
export interface Launch {
  /** Names its share of the machine; no two that run have the same. */
  readonly share: string
  readonly program: string
  readonly dataFolder: string
  /** Folder for the sockets that it makes. */
  readonly ownSockets: string
  /** Folders of the sockets that it may use. */
  readonly sockets: readonly string[]
  readonly network: 'none' | 'host'
  readonly limits: ReplicaLimits
  /** Whether it goes on without what has started it; then the folder of the socket over which it comes back, to look into. */
  readonly outlives?: { readonly folder: string } | undefined
  /** The user that its data belongs to, where each service has its own. */
  readonly user?: number | undefined
}

/** How a program is started so that the walls stand around it. */
export interface LaunchCommand {
  readonly command: readonly string[]
  /** Written to the descriptor that `SandboxParts.filterDescriptor` names. */
  readonly filter?: Buffer | undefined
  /** Its data folder, as the program sees it. */
  readonly dataFolder: string
  readonly cwd: string
  /** Folders of its control groups. */
  readonly groups: readonly string[]
  /** Gives back what was made for it, after its end. */
  readonly release: () => void
}

export interface IsolationParts {
  readonly node: string
  readonly sandbox?: SandboxParts | undefined
  readonly filter?: Buffer | undefined
  readonly groups?: ControlGroups | undefined
  /** `prlimit`, of util-linux. */
  readonly prlimit?: string | undefined
  readonly users: boolean
  /** Node's own permissions. */
  readonly permissions: boolean
  readonly walls: readonly Wall[]
}

const descriptors = 8_192
const mib = 1_048_576
/** Of the memory that a replica may take, for objects; the rest is for buffers, code and stacks. */
const heapShare = 0.7

/** The walls of this machine, and the way to start something behind them. */
export class Isolation {
  readonly #parts: IsolationParts

  constructor(parts: IsolationParts) {
    this.#parts = parts
  }

  get walls(): readonly Wall[] {
    return this.#parts.walls
  }

  /** Whether programs see nothing but what they are shown: then calls go over Unix sockets. */
  get sandboxed(): boolean {
    return this.#parts.sandbox !== undefined
  }

  /** Whether each service runs as a user of its own. */
  get ownUsers(): boolean {
    return this.#parts.users
  }

  commandFor(launch: Launch): LaunchCommand {
    const { sandbox, filter, groups } = this.#parts
    const group = groups?.create(launch.share, launch.limits)
    const inner = sandbox === undefined ? this.#bare(launch) : this.#inSandbox(sandbox, launch)
    return {
      command: [...joining(group), ...this.#limited(launch), ...inner],
      filter: sandbox === undefined ? undefined : filter,
      dataFolder: sandbox === undefined ? launch.dataFolder : inside.data,
      cwd: sandbox === undefined ? launch.dataFolder : '/',
      groups: group?.folders ?? [],
      release: () => group?.remove(),
    }
  }

  #bare(launch: Launch): readonly string[] {
    const folders = { program: launch.program, data: launch.dataFolder }
    return [this.#parts.node, ...this.#nodeFlags(folders, launch), launch.program]
  }

  #inSandbox(parts: SandboxParts, launch: Launch): readonly string[] {
    const program = `${inside.service}/${basename(launch.program)}`
    const command = sandboxCommand(parts, {
      program: launch.program,
      dataFolder: launch.dataFolder,
      readable: [...launch.sockets, ...(launch.outlives === undefined ? [] : [launch.outlives.folder])],
      writable: [launch.ownSockets],
      network: launch.network,
      user: launch.user,
      nodeFlags: this.#nodeFlags({ program, data: inside.data }, launch),
    })
    return launch.outlives === undefined ? command : [...keptBy, ...command]
  }

  #nodeFlags(
    paths: { readonly program: string; readonly data: string },
    { limits }: Launch,
  ): readonly string[] {
    return [
      ...(this.#parts.permissions ? permissionFlags(paths) : []),
      `--max-old-space-size=${Math.floor(limits.memoryMiB * heapShare)}`,
    ]
  }

  #limited({ limits }: Launch): readonly string[] {
    const { prlimit } = this.#parts
    if (prlimit === undefined) return []
    return [prlimit, '--core=0', `--nofile=${descriptors}`, `--fsize=${limits.storageMiB * mib}`, '--']
  }
}

/**
 * A sandbox ends with its parent, so that no part of it is left where another is killed. For one that outlives the control plane, that parent
 * is a shell which waits for it, in the same process group: whoever ends the group ends all.
 */
const keptBy = ['/bin/sh', '-c', '"$@"; exit $?', 'sh']

/** Joins the groups before anything else runs, so that no child is outside of them. */
function joining(group: ControlGroup | undefined): readonly string[] {
  if (group === undefined) return []
  const script = `${group.doors.map((_, index) => `echo 0 > "$${index + 1}"`).join(' && ')} && shift ${group.doors.length} && exec "$@"`
  return ['/bin/sh', '-c', script, 'sh', ...group.doors]
}

/** Node's own permissions (Permission Model): its program to read, its data, no process, no native code. */
function permissionFlags(paths: { readonly program: string; readonly data: string }): readonly string[] {
  return [
    '--permission',
    '--allow-net',
    `--allow-fs-read=${paths.program}`,
    `--allow-fs-read=${paths.data}/*`,
    `--allow-fs-write=${paths.data}/*`,
    // The flags above are told to be experimental at each start: nothing that a service's log should begin with.
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ]
}
