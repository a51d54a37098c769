import type { Digest } from '@plimsoll/base'
import type { ServiceManifest } from '@plimsoll/contract'
import type { SpiffeId } from '@plimsoll/identity'
import type { Endpoint, Read, Snapshot, Wanted } from '@plimsoll/service'
import type { Followers } from './local/followers.ts'

/** Replicas of one program that are to run. */
export interface WorkloadSpec {
  /** `pricing`, or `gateway`. */
  readonly service: string
  readonly identity: SpiffeId
  /** The program: a file that Node runs. */
  readonly program: string
  readonly replicas: number
  /** How people name the release. */
  readonly release?: { readonly name: string; readonly digest: Digest } | undefined
  readonly manifest?: ServiceManifest | undefined
  readonly externals: Readonly<Record<string, { readonly url: string }>>
  /** Where it listens; where absent, the engine chooses a place that its callers reach and nobody else. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined
  /** Services that it may call; the gateway calls whatever there will be. */
  readonly callees: readonly string[] | 'all'
  /** `host`: it reaches, and is reached from, outside of this machine. */
  readonly network: 'none' | 'host'
  readonly dataFolder: string
  /** Names that a server certificate of it may be for; none where empty. */
  readonly serverNames: readonly string[]
}

/** What a workload is told about the others, made new whenever it is asked for. */
export interface Directory {
  snapshotFor(service: string): Snapshot
  configurationFor(service: string): unknown
}

/** A process whose telemetry can be asked for. */
export interface Teller {
  readonly service: string
  /** `pricing/0` */
  readonly instance: string
  /** Of the release. */
  readonly version?: string | undefined
  readonly pid: number
  /** Undefined where it does not answer in time. */
  tell(wanted: Wanted): Promise<Omit<Read, 'resource'> | undefined>
}

/** Replicas that were started together. */
export interface WorkloadSet {
  readonly spec: WorkloadSpec
  /** Of the replicas that can take calls right now. */
  endpoints(): readonly Endpoint[]
  replicas(): readonly ReplicaStatus[]
  /** Those that run, to be asked what they have seen. */
  tellers(): readonly Teller[]
  /** Sends each replica what the directory says now. */
  publish(): void
  /** Lets the replicas finish what runs and end; kills those that do not in time. */
  drain(): Promise<void>
  /** Lets them run on, for the next control plane. */
  letGo(): void
}

export type ReplicaState = 'starting' | 'ready' | 'draining' | 'restarting' | 'crash-loop' | 'stopped'

export interface ReplicaStatus {
  readonly instance: string
  readonly release?: string | undefined
  readonly state: ReplicaState
  readonly pid?: number | undefined
  readonly address?: string | undefined
  /** RFC 3339. */
  readonly startedAt?: string | undefined
  readonly restarts: number
  /** Resident memory. */
  readonly memoryMiB?: number | undefined
  readonly lastExit?: string | undefined
}

/** One thing that keeps workloads from harming each other, and whether it stands. */
export interface Wall {
  readonly name: string
  readonly stands: boolean
  /** What it keeps away; where it does not stand, why not. */
  readonly about: string
  readonly fix?: string | undefined
}

/** Where releases run. */
export interface Engine {
  readonly walls: readonly Wall[]
  /** Everything that runs here and has to follow whom to believe. */
  readonly followers: Followers
  /**
   * Starts replicas; resolves when all of them can take calls.
   * @throws {ControlFailure} `START` where one does not; none is left then.
   */
  start(spec: WorkloadSpec, directory: Directory): Promise<WorkloadSet>
  /**
   * Calls back what an earlier control plane started and left running; waits a bounded time. Whatever of it is started next, by the same
   * spec, is taken over instead. While there is any, a replica that does not start is tried again, so that the others run on.
   */
  recall(): Promise<Recalled>
  /** Lets end what was called back and has not been taken over. */
  dismiss(): Promise<void>
  /** Lets go of what was called back and of what was taken over, so that it runs on: this control plane does not start. */
  letGo(): void
}

/** What was called back. */
export interface Recalled {
  /** Number of processes. */
  readonly size: number
  /** The ports at which processes of a service were told to listen, the newest first. */
  listens(service: string): readonly { readonly host: string; readonly port: number }[]
}
