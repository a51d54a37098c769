import type { Authority } from '@plimsoll/identity'
import type { Logger } from '@plimsoll/service'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Directory, Engine, WorkloadSet, WorkloadSpec } from '../engine.ts'
import { RunningRecords, type RunningRecord } from './adoption/records.ts'
import { specDigest } from './adoption/registration.ts'
import { Survivors } from './adoption/survivors.ts'
import { localBounds, type LocalBounds } from './bounds.ts'
import type { Isolation } from './isolation/isolation.ts'
import type { SocketFolders } from './isolation/socket-folders.ts'
import { giveFolder, showProgram, type ServiceUsers } from './isolation/users.ts'
import { Followers } from './followers.ts'
import { LogFile } from './log-file.ts'
import type { ReplicaHome } from './launching.ts'
import { Replica } from './replica.ts'

export interface LocalEngineOptions {
  readonly authority: Authority
  /** Where replicas' output goes. */
  readonly logFolder: string
  readonly logger: Logger
  /** Called whenever an endpoint of some replica comes or goes. */
  readonly onEndpoints: () => void
  readonly bounds?: Partial<LocalBounds>
  readonly isolation: Isolation
  readonly sockets: SocketFolders
  readonly users: ServiceUsers
  /** Where it is written down what runs, so that it outlives this process; it does not where absent. */
  readonly runningFolder?: string | undefined
}

/** Runs releases as processes of this machine. */
export function createLocalEngine(options: LocalEngineOptions): Engine {
  const { authority, isolation, logger, sockets } = options
  const followers = new Followers()
  const survivors = new Survivors()
  const records = openRecords(options)
  const bounds = { ...localBounds, ...options.bounds }
  authority.onChange(() => followers.tell())
  // Until all that was called back has found its place.
  let patient = false
  return {
    walls: isolation.walls,
    followers,
    async start(spec, directory) {
      const more = { followers, survivors, records, bounds, patient }
      const replicas = Array.from({ length: spec.replicas }, (_, index) =>
        createReplica(spec, index, directory, { ...options, ...more }),
      )
      const outcomes = await Promise.allSettled(replicas.map((replica) => replica.start()))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed === undefined) return setOf(spec, replicas)
      await Promise.all(replicas.map((replica) => replica.drain()))
      throw failed.reason
    },
    async recall() {
      if (records !== undefined) await survivors.gather(records, logger, bounds.comeBackMs)
      const found = survivors.records
      patient = found.length > 0
      sockets.clear({
        addresses: found.map(({ address = '' }) => address),
        ids: found.map(({ id }) => id),
      })
      return {
        size: found.length,
        listens: (service) => listensOf(found, service),
      }
    },
    async dismiss() {
      patient = false
      await Promise.all(survivors.rest().map((survivor) => survivor.end(bounds.drainMs)))
    },
    letGo() {
      for (const survivor of survivors.rest()) survivor.letGo()
    },
  }
}

/** The file in which a replica's output lies. */
export function logPath(folder: string, service: string, index: number): string {
  return join(folder, `${service}-${index}.log`)
}

/** Where the machine does not tell processes apart, nothing outlives the control plane: what cannot be found again must not be left. */
function openRecords({ runningFolder, sockets }: LocalEngineOptions): RunningRecords | undefined {
  if (runningFolder === undefined || !existsSync('/proc/self/stat')) return undefined
  return new RunningRecords(runningFolder, (id) => sockets.ofProcess(id))
}

function listensOf(found: readonly RunningRecord[], service: string) {
  return found
    .filter((record) => record.service === service)
    .toSorted((one, other) => other.startedAt - one.startedAt)
    .flatMap(({ listen }) => listen ?? [])
}

interface Parts extends Omit<LocalEngineOptions, 'bounds'> {
  readonly followers: Followers
  readonly survivors: Survivors
  readonly records: RunningRecords | undefined
  readonly bounds: LocalBounds
  readonly patient: boolean
}

function createReplica(spec: WorkloadSpec, index: number, directory: Directory, parts: Parts): Replica {
  const { authority, logFolder, logger, onEndpoints, isolation, followers, bounds, records, patient } = parts
  return new Replica({
    spec,
    index,
    directory,
    authority,
    followers,
    log: new LogFile(logPath(logFolder, spec.service, index)),
    logger,
    bounds,
    isolation,
    home: homeOf(spec, parts),
    onEndpoint: onEndpoints,
    records,
    survivor: records === undefined ? undefined : parts.survivors.take(specDigest(spec), index),
    patient,
  })
}

/** What belongs to the service on this machine. Where every service has its own user, its folders are that user's. */
function homeOf(
  { service, program, callees, dataFolder }: WorkloadSpec,
  options: Pick<LocalEngineOptions, 'isolation' | 'sockets' | 'users'>,
): ReplicaHome {
  const { isolation, sockets, users } = options
  const user = isolation.ownUsers ? users.of(service) : undefined
  if (user !== undefined) {
    giveFolder(dataFolder, user)
    showProgram(program)
  }
  return {
    user,
    ownSockets: sockets.of(service, user),
    sockets:
      callees === 'all'
        ? [sockets.root]
        : callees.map((callee) => sockets.of(callee, isolation.ownUsers ? users.of(callee) : undefined)),
  }
}

function setOf(spec: WorkloadSpec, replicas: readonly Replica[]): WorkloadSet {
  return {
    spec,
    endpoints: () => replicas.flatMap((replica) => replica.endpoint() ?? []),
    replicas: () => replicas.map((replica) => replica.status()),
    tellers: () => replicas.flatMap((replica) => replica.teller() ?? []),
    publish: () => {
      for (const replica of replicas) replica.publish()
    },
    drain: async () => {
      await Promise.all(replicas.map((replica) => replica.drain()))
    },
    letGo: () => {
      for (const replica of replicas) replica.letGo()
    },
  }
}
