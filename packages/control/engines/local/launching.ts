import type { ListenPlace } from '@plimsoll/service'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ControlFailure } from '../../errors.ts'
import type { WorkloadSpec } from '../engine.ts'
import type { LocalBounds } from './bounds.ts'
import type { Isolation, LaunchCommand } from './isolation/isolation.ts'

/** What belongs to a replica's service on this machine. */
export interface ReplicaHome {
  readonly user?: number | undefined
  /** Folder of its own sockets, and those of the services that it may call. */
  readonly ownSockets: string
  readonly sockets: readonly string[]
}

interface LaunchOptions {
  readonly spec: WorkloadSpec
  readonly index: number
  readonly isolation: Isolation
  readonly home: ReplicaHome
  readonly bounds: LocalBounds
}

/** The command that starts a replica behind its walls. */
export function commandFor(
  { spec: { program, dataFolder, network }, isolation, home, bounds }: LaunchOptions,
  {
    instance,
    outlives,
  }: { readonly instance: string; readonly outlives: { readonly folder: string } | undefined },
): LaunchCommand {
  const { ownSockets, sockets, user } = home
  const { limits } = bounds
  // Replicas of two releases run side by side while one takes over: each has a share of its own.
  const share = `${instance.replace('/', '-')}-${randomBytes(4).toString('hex')}`
  return isolation.commandFor({
    share,
    program,
    dataFolder,
    network,
    ownSockets,
    sockets,
    user,
    limits,
    outlives,
  })
}

/** A socket that nobody had before: replicas of two releases run side by side while one takes over. */
export function ownPlace({ isolation, home, index }: LaunchOptions): ListenPlace {
  if (!isolation.sandboxed) return { host: '127.0.0.1', port: 0 }
  return { path: join(home.ownSockets, `${index}-${randomBytes(4).toString('hex')}.sock`) }
}

/** Doubling pauses with jitter, so that replicas that die of one cause do not come back in step. */
export function pauseAfter(deaths: number, { longestPauseMs, firstPauseMs }: LocalBounds): number {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** (deaths - 1))
  return Math.round(longest * (0.5 + Math.random() / 2))
}

/** Why a replica did not start, with the last that it wrote. */
export function notStarted(instance: string, cause: Error, written: readonly string[]): ControlFailure {
  const said = saidLast(written)
  const [service = instance] = instance.split('/')
  return new ControlFailure(
    'START',
    `${instance} did not start: ${cause.message}${said === '' ? '' : `\n${said}`}`,
    { cause, fix: `plimsoll logs ${service} shows what it wrote` },
  )
}

/** The end of what a program wrote, without the lines that Node adds to an error. */
function saidLast(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
    .slice(-3)
    .join('\n')
}
