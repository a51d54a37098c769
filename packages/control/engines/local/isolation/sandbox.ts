import { basename, dirname } from 'node:path'

/** What a sandbox is made of, found once on this machine. */
export interface SandboxParts {
  /** `bwrap`, of bubblewrap. */
  readonly bubblewrap: string
  /** `setpriv`, of util-linux; where given, the program runs as a user of its own. */
  readonly setpriv?: string | undefined
  readonly node: string
  /** Shared libraries of Node and of `setpriv`. */
  readonly libraries: readonly string[]
  /** A seccomp filter is given on this descriptor. */
  readonly filterDescriptor?: number | undefined
  /** Variables for the program; nothing else is in its environment. */
  readonly environment: Readonly<Record<string, string>>
}

/** What one program sees of the machine. */
export interface SandboxView {
  readonly program: string
  readonly dataFolder: string
  /** Folders at their own paths: sockets of others, and its own, in which it may make some. */
  readonly readable: readonly string[]
  readonly writable: readonly string[]
  /** `none`: a network namespace with nothing but its own loopback. */
  readonly network: 'none' | 'host'
  /** Runs as this user and group; as the one who starts it where absent. */
  readonly user?: number | undefined
  readonly nodeFlags: readonly string[]
}

/** Where things are inside. */
export const inside = {
  node: '/bin/node',
  setpriv: '/bin/setpriv',
  service: '/service',
  data: '/data',
} as const

const temporaryBytes = 64 * 1_048_576

/**
 * The command that runs a program behind the walls of Linux namespaces: its own mounts, processes, host name and IPC, no
 * capability, no new privilege, read-only everything but its data.
 */
export function sandboxCommand(parts: SandboxParts, view: SandboxView): readonly string[] {
  return [
    parts.bubblewrap,
    '--unshare-ipc',
    '--unshare-pid',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(view.network === 'none' ? ['--unshare-net'] : []),
    // A user namespace where there is no right to change the user; real users are the stronger wall.
    ...(view.user === undefined ? ['--unshare-user', '--cap-drop', 'ALL'] : changingUser),
    '--die-with-parent',
    '--new-session',
    '--hostname',
    'plimsoll',
    '--clearenv',
    ...Object.entries(parts.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--perms',
    '1777',
    '--size',
    String(temporaryBytes),
    '--tmpfs',
    '/tmp',
    ...mounts(parts, view),
    ...(view.network === 'host' ? hostNetwork : []),
    '--remount-ro',
    '/',
    '--chdir',
    inside.service,
    ...(parts.filterDescriptor === undefined ? [] : ['--seccomp', String(parts.filterDescriptor)]),
    '--',
    ...asUser(parts, view.user),
    inside.node,
    ...view.nodeFlags,
    `${inside.service}/${basename(view.program)}`,
  ]
}

/** What is shown, below folders that everybody may pass: those that bubblewrap makes by itself are the owner's alone. */
function mounts(parts: SandboxParts, view: SandboxView): readonly string[] {
  const files = [
    ...parts.libraries.map((file) => [file, file] as const),
    [parts.node, inside.node] as const,
    ...(view.user === undefined || parts.setpriv === undefined
      ? []
      : [[parts.setpriv, inside.setpriv] as const]),
    [view.program, `${inside.service}/${basename(view.program)}`] as const,
    ...view.readable.map((folder) => [folder, folder] as const),
  ]
  const written = [
    [view.dataFolder, inside.data] as const,
    ...view.writable.map((folder) => [folder, folder] as const),
  ]
  const parents = [...files, ...written].flatMap(([, place]) => foldersAbove(place))
  return [
    ...[...new Set(parents)].toSorted().flatMap((folder) => ['--dir', folder]),
    ...files.flatMap(([from, to]) => ['--ro-bind', from, to]),
    ...written.flatMap(([from, to]) => ['--bind', from, to]),
  ]
}

function foldersAbove(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === '/' ? [] : [...foldersAbove(parent), parent]
}

/** Enough to become somebody else once, inside. */
const changingUser = [
  '--cap-drop',
  'ALL',
  ...['SETUID', 'SETGID', 'SETPCAP'].flatMap((name) => ['--cap-add', `CAP_${name}`]),
]

/** Names are looked up as the machine does it. */
const hostNetwork = [
  '--dir',
  '/etc',
  ...['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'].flatMap((file) => [
    '--ro-bind-try',
    file,
    file,
  ]),
]

function asUser({ setpriv }: SandboxParts, user: number | undefined): readonly string[] {
  if (user === undefined || setpriv === undefined) return []
  const id = String(user)
  return [
    inside.setpriv,
    '--reuid',
    id,
    '--regid',
    id,
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '--no-new-privs',
  ]
}
