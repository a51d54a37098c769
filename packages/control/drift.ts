import { messageOf, type Digest } from '@plimsoll/base'
import type { ReleaseStore } from '@plimsoll/release'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gatewayName } from './directory.ts'
import type { ReplicaStatus } from './engines/engine.ts'
import type { Folders } from './folders.ts'
import type { Fleet } from './rollout.ts'
import type { State } from './state.ts'

/**
 * `not-running`: what was admitted last does not run. `replica`: one does not take calls. `replicas`: another number of them
 * than admitted. `process`: runs a release of this installation, started by somebody else. `copy`: the file that a replica is
 * started from differs from its release. `release`: the stored release itself is altered or gone.
 */
export type DriftKind = 'not-running' | 'replica' | 'replicas' | 'process' | 'copy' | 'release'

/** One thing that is not as it was admitted. */
export interface Drift {
  readonly kind: DriftKind
  /** An instance, a service, or the id of a process. */
  readonly subject: string
  readonly service?: string | undefined
  readonly message: string
  /** Of the service, where it is about a stored release. */
  readonly release?: Digest | undefined
}

export interface DriftOptions {
  readonly fleet: Fleet
  readonly state: State
  readonly store: ReleaseStore
  readonly folders: Folders
}

/** States in which a replica is no drift: it takes calls, or is on its way to. */
const fine: ReadonlySet<ReplicaStatus['state']> = new Set(['ready', 'starting', 'draining'])

/** Compares what runs with what was admitted. */
export class DriftWatch {
  readonly #options: DriftOptions

  constructor(options: DriftOptions) {
    this.#options = options
  }

  /** Everything that differs now. Touches nothing. */
  async observe(): Promise<readonly Drift[]> {
    const stored = await Promise.all(this.#releases().map(([name, digest]) => this.#stored(name, digest)))
    return [...this.#notRunning(), ...this.#workloads(), ...this.#processes(), ...stored.flat()]
  }

  /**
   * Ends a process that runs a release of this installation and is not of it.
   * @returns false where it is gone, or was never one.
   */
  endStranger(pid: number): boolean {
    // Looked at again at this moment: an id may have come to mean another process.
    if (!this.#strangers().some((one) => one.pid === pid)) return false
    try {
      process.kill(pid, 'SIGKILL')
      return true
    } catch {
      return false
    }
  }

  #releases(): readonly (readonly [string, Digest])[] {
    const { fleet, state } = this.#options
    const services = (fleet.live?.deployment ?? state.live()?.deployment)?.services ?? {}
    return Object.entries(services).map(([name, { release }]) => [name, release] as const)
  }

  #notRunning(): readonly Drift[] {
    const { fleet, state } = this.#options
    const admitted = state.live()
    if (fleet.live !== undefined || admitted === undefined) return []
    const message = `generation ${admitted.number} was admitted, but it could not be started again`
    return [{ kind: 'not-running', subject: String(admitted.number), message }]
  }

  #workloads(): readonly Drift[] {
    const { fleet } = this.#options
    return fleet.sets.flatMap((set) => {
      const { service } = set.spec
      const replicas = set.replicas()
      const down = replicas.filter(({ state }) => !fine.has(state))
      const wanted = this.#admittedReplicas(service)
      return [
        ...down.map(({ instance, state, lastExit }) => ({
          kind: 'replica' as const,
          subject: instance,
          service,
          message: `${state}${lastExit === undefined ? '' : `, last: ${lastExit}`}`.slice(0, 500),
        })),
        ...(wanted === undefined || wanted === replicas.length
          ? []
          : [
              {
                kind: 'replicas' as const,
                subject: service,
                service,
                message: `${replicas.length} instead of ${wanted}`,
              },
            ]),
      ]
    })
  }

  #admittedReplicas(service: string): number | undefined {
    const deployment = this.#options.fleet.live?.deployment
    return service === gatewayName ? deployment?.gateway.replicas : deployment?.services[service]?.replicas
  }

  #processes(): readonly Drift[] {
    return this.#strangers().map(({ pid, program }) => ({
      kind: 'process',
      subject: String(pid),
      message: `runs ${program}, and nothing here started it`,
    }))
  }

  #strangers(): readonly { readonly pid: number; readonly program: string }[] {
    const { folders, fleet } = this.#options
    const own = new Set([
      process.pid,
      ...fleet.sets.flatMap((set) => set.replicas().flatMap(({ pid }) => pid ?? [])),
    ])
    const processes = readProcesses(join(folders.releases, 'run'))
    const isOwn = (pid: number): boolean => {
      for (let at = pid, steps = 0; at > 1 && steps < 64; steps += 1) {
        if (own.has(at)) return true
        at = processes.parents.get(at) ?? 0
      }
      return false
    }
    return processes.running.filter(({ pid }) => !isOwn(pid))
  }

  async #stored(service: string, digest: Digest): Promise<readonly Drift[]> {
    const { store } = this.#options
    try {
      await store.get(digest)
    } catch (thrown) {
      const message = messageOf(thrown).slice(0, 500)
      return [{ kind: 'release', subject: service, service, message, release: digest }]
    }
    if (await store.copyIsWhole(digest)) return []
    const message = 'the file that its replicas are started from is not the one of its release'
    return [{ kind: 'copy', subject: service, service, message }]
  }
}

interface Processes {
  /** Process → the one that started it. */
  readonly parents: ReadonlyMap<number, number>
  /** Those that run a program under the folder. */
  readonly running: readonly { readonly pid: number; readonly program: string }[]
}

/** What the kernel says of processes; nothing where it does not tell (proc(5)). */
function readProcesses(folder: string): Processes {
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  const parents = new Map<number, number>()
  const running: { pid: number; program: string }[] = []
  for (const pid of pids.map(Number)) {
    const parent = parentOf(pid)
    if (parent === undefined) continue
    parents.set(pid, parent)
    const program = programOf(pid, folder)
    if (program !== undefined) running.push({ pid, program })
  }
  return { parents, running }
}

function parentOf(pid: number): number | undefined {
  try {
    // The name in brackets may hold anything: what follows its last bracket is fields.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? []
    return Number(parent)
  } catch {
    return undefined
  }
}

/** Which program of the folder a process runs, where it is one that can run it: Node, or the sandbox around it. */
function programOf(pid: number, folder: string): string | undefined {
  try {
    const named = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .find((word) => word.startsWith(`${folder}/`) && word.endsWith('/service.mjs'))
    if (named === undefined) return undefined
    const runner = readlinkSync(`/proc/${pid}/exe`)
    const runs =
      basename(runner) === 'bwrap' || basename(runner).startsWith('node') || runner === process.execPath
    return runs ? named.slice(folder.length + 1) : undefined
  } catch {
    return undefined
  }
}
