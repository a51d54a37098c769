import type { Authority } from '@plimsoll/identity'
import type { Logger } from '@plimsoll/service'
import { join } from 'node:path'
import type { Directory, Engine, WorkloadSet, WorkloadSpec } from '../engine.ts'
import { localBounds, type LocalBounds } from './bounds.ts'
import type { Isolation } from './isolation/isolation.ts'
import type { SocketFolders } from './isolation/socket-folders.ts'
import { giveFolder, showProgram, type ServiceUsers } from './isolation/users.ts'
import { Followers } from './followers.ts'
import { LogFile } from './log-file.ts'
import { Replica, type ReplicaHome } from './replica.ts'

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
}

/** Runs releases as processes of this machine. */
export function createLocalEngine(options: LocalEngineOptions): Engine {
  const followers = new Followers()
  options.authority.onChange(() => followers.tell())
  return {
    walls: options.isolation.walls,
    followers,
    async start(spec, directory) {
      const replicas = Array.from({ length: spec.replicas }, (_, index) =>
        createReplica(spec, index, directory, { ...options, followers }),
      )
      const outcomes = await Promise.allSettled(replicas.map((replica) => replica.start()))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed === undefined) return setOf(spec, replicas)
      await Promise.all(replicas.map((replica) => replica.drain()))
      throw failed.reason
    },
  }
}

/** The file in which a replica's output lies. */
export function logPath(folder: string, service: string, index: number): string {
  return join(folder, `${service}-${index}.log`)
}

function createReplica(
  spec: WorkloadSpec,
  index: number,
  directory: Directory,
  options: LocalEngineOptions & { readonly followers: Followers },
): Replica {
  const { authority, logFolder, logger, onEndpoints, isolation, followers } = options
  const bounds = { ...localBounds, ...options.bounds }
  const log = new LogFile(logPath(logFolder, spec.service, index))
  const home = homeOf(spec, options)
  return new Replica({
    spec,
    index,
    directory,
    authority,
    followers,
    log,
    logger,
    bounds,
    isolation,
    home,
    onEndpoint: onEndpoints,
  })
}

/** What belongs to the service on this machine. Where every service has its own user, its folders are that user's. */
function homeOf(
  { service, program, callees, dataFolder }: WorkloadSpec,
  options: LocalEngineOptions,
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
  }
}
