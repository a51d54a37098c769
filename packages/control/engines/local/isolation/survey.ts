import { execFile } from 'node:child_process'
import { accessSync, constants, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { openControlGroups } from './control-groups.ts'
import { Isolation, type Wall } from './isolation.ts'
import { sandboxCommand, type SandboxParts } from './sandbox.ts'
import { systemCallFilter } from './system-call-filter.ts'

const run = promisify(execFile)
const probeMs = 10_000

export interface SurveyOptions {
  /** A folder of this program's own, for a probe. */
  readonly folder: string
  /** Name of the control groups' parent. */
  readonly groups: string
  /** The sandbox is not used, though it could be: the operator's wish. */
  readonly withoutSandbox?: boolean
  /** Node's own permissions are not used, so that tests see what the other walls hold alone. */
  readonly withoutPermissions?: boolean
}

interface Missing {
  readonly why: string
  readonly fix?: string
}

/** Finds the walls that this machine can give, by trying them. */
export async function surveyIsolation(options: SurveyOptions): Promise<Isolation> {
  const node = realpathSync(process.execPath)
  const filter = systemCallFilter(process.arch)
  const users = process.getuid?.() === 0
  const sandbox = await findSandbox(node, filter, users, options)
  const groups = openControlGroups(options.groups)
  const stands = 'bubblewrap' in sandbox
  const grouped = 'create' in groups
  return new Isolation({
    node,
    sandbox: stands ? sandbox : undefined,
    filter,
    groups: grouped ? groups : undefined,
    prlimit: findProgram('prlimit'),
    users: stands && sandbox.setpriv !== undefined,
    permissions: options.withoutPermissions !== true,
    walls: [
      wall('files', stands ? undefined : sandbox, 'a service sees its program and its data, nothing else'),
      wall('network', stands ? undefined : sandbox, 'a service reaches what it declares, nothing else'),
      wall(
        'system calls',
        stands ? missingFilter(filter) : sandbox,
        'no process, no mount, no look into others, no kernel interface that it does not need',
      ),
      wall(
        'user',
        missingUser(stands ? sandbox : undefined, users),
        'each service runs as a user of its own',
      ),
      wall('memory and processes', grouped ? undefined : groups, 'a service takes no more than its share'),
      wall(
        'permissions',
        options.withoutPermissions === true ? { why: 'switched off' } : undefined,
        'Node itself denies files, processes and native code',
      ),
    ],
  })
}

function wall(name: Wall['name'], missing: Missing | undefined, about: string): Wall {
  if (missing === undefined) return { name, stands: true, about }
  return { name, stands: false, about: missing.why, fix: missing.fix }
}

function missingFilter(filter: Buffer | undefined): Missing | undefined {
  return filter === undefined ? { why: `the system calls of ${process.arch} are not known` } : undefined
}

function missingUser(sandbox: SandboxParts | undefined, users: boolean): Missing | undefined {
  if (sandbox?.setpriv !== undefined) return undefined
  if (!users) return { why: 'only root may start services as other users' }
  return { why: 'needs the sandbox, and setpriv of util-linux' }
}

/** The sandbox of this machine, or why there is none: what is missing, or what bubblewrap said when it was tried. */
async function findSandbox(
  node: string,
  filter: Buffer | undefined,
  users: boolean,
  options: SurveyOptions,
): Promise<SandboxParts | Missing> {
  if (options.withoutSandbox === true) return { why: 'switched off by the operator' }
  if (process.platform !== 'linux') return { why: `there is no sandbox for ${process.platform} yet` }
  const bubblewrap = findProgram('bwrap')
  if (bubblewrap === undefined)
    return { why: 'bubblewrap is not installed', fix: 'install it, for instance: apt-get install bubblewrap' }
  const setpriv = users ? findProgram('setpriv') : undefined
  const parts: SandboxParts = {
    bubblewrap,
    setpriv,
    node,
    libraries: await librariesOf([node, ...(setpriv === undefined ? [] : [setpriv])]),
    filterDescriptor: filter === undefined ? undefined : 4,
    environment: { NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: 'json' },
  }
  const said = await probe(parts, options.folder)
  return said === undefined ? parts : { why: `bubblewrap does not work here: ${said}` }
}

/** Starts Node in the sandbox, without the filter, whose descriptor a probe does not have. */
async function probe(parts: SandboxParts, folder: string): Promise<string | undefined> {
  const program = join(folder, 'probe.mjs')
  const dataFolder = join(folder, 'probe')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  writeFileSync(program, '', { mode: 0o644 })
  const [file = '', ...args] = sandboxCommand(
    { ...parts, filterDescriptor: undefined, environment: {} },
    {
      program,
      dataFolder,
      readable: [],
      writable: [],
      network: 'none',
      user: parts.setpriv === undefined ? undefined : 65_534,
      nodeFlags: ['--version'],
    },
  )
  try {
    await run(file, args, { timeout: probeMs, env: {} })
    return undefined
  } catch (thrown) {
    const { stderr, message } = thrown as Error & { readonly stderr?: string }
    return (stderr?.trim().split('\n').at(0) || message).slice(0, 200)
  }
}

/** The shared libraries that programs load, and the loader itself. */
async function librariesOf(programs: readonly string[]): Promise<readonly string[]> {
  try {
    const { stdout } = await run('ldd', [...programs], { timeout: probeMs })
    return [...new Set([...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, file]) => file ?? []))]
  } catch {
    // A program that is linked statically has none.
    return []
  }
}

function findProgram(name: string): string | undefined {
  const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find((file) => isExecutable(file))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
