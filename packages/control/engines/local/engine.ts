import type { Authority } from '@plimsoll/identity'
import type { Logger } from '@plimsoll/service'
import { join } from 'node:path'
import type { Directory, Engine, WorkloadSet, WorkloadSpec } from '../engine.ts'
import { localBounds, type LocalBounds } from './bounds.ts'
import { LogFile } from './log-file.ts'
import { Replica } from './replica.ts'

export interface LocalEngineOptions {
  readonly authority: Authority
  /** Where replicas' output goes. */
  readonly logFolder: string
  readonly logger: Logger
  /** Called whenever an endpoint of some replica comes or goes. */
  readonly onEndpoints: () => void
  readonly bounds?: Partial<LocalBounds>
}

/** Runs releases as processes of this machine. */
export function createLocalEngine(options: LocalEngineOptions): Engine {
  return {
    async start(spec, directory) {
      const replicas = Array.from({ length: spec.replicas }, (_, index) =>
        createReplica(spec, index, directory, options),
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
  options: LocalEngineOptions,
): Replica {
  const { authority, logFolder, logger, onEndpoints } = options
  const bounds = { ...localBounds, ...options.bounds }
  const log = new LogFile(logPath(logFolder, spec.service, index))
  return new Replica({ spec, index, directory, authority, log, logger, bounds, onEndpoint: onEndpoints })
}

function setOf(spec: WorkloadSpec, replicas: readonly Replica[]): WorkloadSet {
  return {
    spec,
    endpoints: () => replicas.flatMap((replica) => replica.endpoint() ?? []),
    replicas: () => replicas.map((replica) => replica.status()),
    publish: () => {
      for (const replica of replicas) replica.publish()
    },
    drain: async () => {
      await Promise.all(replicas.map((replica) => replica.drain()))
    },
  }
}
