import type { Digest } from '@plimsoll/base'
import type { ServiceManifest } from '@plimsoll/contract'
import type { SpiffeId } from '@plimsoll/identity'
import type { Endpoint, Snapshot } from '@plimsoll/service'

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
  readonly listen: { readonly host: string; readonly port: number }
  readonly dataFolder: string
  /** Names that a server certificate of it may be for; none where empty. */
  readonly serverNames: readonly string[]
}

/** What a workload is told about the others, made new whenever it is asked for. */
export interface Directory {
  snapshotFor(service: string): Snapshot
  configurationFor(service: string): unknown
}

/** Replicas that were started together. */
export interface WorkloadSet {
  readonly spec: WorkloadSpec
  /** Of the replicas that can take calls right now. */
  endpoints(): readonly Endpoint[]
  replicas(): readonly ReplicaStatus[]
  /** Sends each replica what the directory says now. */
  publish(): void
  /** Lets the replicas finish what runs and end; kills those that do not in time. */
  drain(): Promise<void>
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

/** Where releases run. */
export interface Engine {
  /**
   * Starts replicas; resolves when all of them can take calls.
   * @throws {ControlFailure} `START` where one does not; none is left then.
   */
  start(spec: WorkloadSpec, directory: Directory): Promise<WorkloadSet>
}
