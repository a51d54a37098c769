import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What one replica may take of the machine. */
export interface ReplicaLimits {
  readonly memoryMiB: number
  /** Processes and threads together, as the kernel counts them; Node itself has a dozen. */
  readonly processes: number
  /** What its data folder may hold. */
  readonly storageMiB: number
}

/** One replica's share of the machine, held by the kernel. */
export interface ControlGroup {
  /** Files into which a process writes 0 to join. */
  readonly doors: readonly string[]
  readonly folders: readonly string[]
  /** After its processes have ended. */
  readonly remove: () => void
}

export interface ControlGroups {
  create(name: string, limits: ReplicaLimits): ControlGroup
}

const mib = 1_048_576

/**
 * Control groups (cgroups(7)) below this process's own, of either version.
 * @param name of the folder that all groups are made in
 * @returns why there are none, where the kernel or the rights do not allow them
 */
export function openControlGroups(name: string): ControlGroups | { readonly why: string } {
  const mounts = readMounts()
  const unified = mounts.find(({ type, controllers }) => type === 'cgroup2' && controllers.includes('memory'))
  try {
    return unified === undefined ? openFirst(mounts, name) : openUnified(unified.path, name)
  } catch (thrown) {
    return {
      why: `control groups cannot be made: ${(thrown as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
    }
  }
}

interface Mount {
  readonly type: 'cgroup' | 'cgroup2'
  readonly path: string
  readonly controllers: readonly string[]
}

/** The mounts that proc(5) describes: mount point, type, and the options that name a version 1 controller. */
function readMounts(): readonly Mount[] {
  if (!existsSync('/proc/self/mountinfo')) return []
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line): Mount[] => {
      const [before = '', after = ''] = line.split(' - ')
      const path = before.split(' ')[4]
      const [type, , options = ''] = after.split(' ')
      if (path === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return []
      const controllers = type === 'cgroup' ? options.split(',') : words(join(path, 'cgroup.controllers'))
      return [{ type, path, controllers }]
    })
}

function words(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : []
}

/** Version 2: one tree. The controllers have to be given to the children of each group on the way. */
function openUnified(root: string, name: string): ControlGroups {
  const parent = join(root, name)
  writeFileSync(join(root, 'cgroup.subtree_control'), '+memory +pids')
  mkdirSync(parent, { recursive: true })
  writeFileSync(join(parent, 'cgroup.subtree_control'), '+memory +pids')
  return {
    create(replica, { memoryMiB, processes }) {
      const group = join(parent, replica)
      mkdirSync(group, { recursive: true })
      writeFileSync(join(group, 'memory.max'), String(memoryMiB * mib))
      if (existsSync(join(group, 'memory.swap.max'))) writeFileSync(join(group, 'memory.swap.max'), '0')
      writeFileSync(join(group, 'pids.max'), String(processes))
      return groupOf([group])
    },
  }
}

/** Version 1: one tree a controller. */
function openFirst(mounts: readonly Mount[], name: string): ControlGroups | { readonly why: string } {
  const treeOf = (controller: string) =>
    mounts.find(({ controllers }) => controllers.includes(controller))?.path
  const [memory, pids] = [treeOf('memory'), treeOf('pids')]
  if (memory === undefined || pids === undefined)
    return { why: 'no control groups for memory and processes are mounted' }
  for (const tree of [memory, pids]) mkdirSync(join(tree, name), { recursive: true })
  return {
    create(replica, { memoryMiB, processes }) {
      const groups = [memory, pids].map((tree) => join(tree, name, replica))
      for (const group of groups) mkdirSync(group, { recursive: true })
      const [ofMemory = '', ofProcesses = ''] = groups
      writeFileSync(join(ofMemory, 'memory.limit_in_bytes'), String(memoryMiB * mib))
      writeFileSync(join(ofProcesses, 'pids.max'), String(processes))
      return groupOf(groups)
    },
  }
}

function groupOf(folders: readonly string[]): ControlGroup {
  return {
    folders,
    doors: folders.map((folder) => join(folder, 'cgroup.procs')),
    remove: () => {
      for (const folder of folders) {
        try {
          rmdirSync(folder)
        } catch {
          // A process of it is still being buried; the next replica of the name uses the group again.
        }
      }
    },
  }
}
