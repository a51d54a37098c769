import { systemClock } from '@plimsoll/base'
import type { Authority } from '@plimsoll/identity'
import type { Endpoint, EngineMessage, ListenPlace, Logger, WorkloadMessage } from '@plimsoll/service'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ControlFailure } from '../../errors.ts'
import { Questions } from '../../telemetry/questions.ts'
import type { Directory, ReplicaState, ReplicaStatus, Teller, WorkloadSpec } from '../engine.ts'
import type { LocalBounds } from './bounds.ts'
import { Certification } from './certification.ts'
import type { Follower, Followers, TrustReport } from './followers.ts'
import type { Isolation, LaunchCommand } from './isolation/isolation.ts'
import type { LogFile } from './log-file.ts'
import { heldMiB } from './storage.ts'
import { memoryOf } from './memory.ts'
import { startProcess, type WorkloadProcess } from './process.ts'

/** What belongs to a replica's service on this machine. */
export interface ReplicaHome {
  readonly user?: number | undefined
  /** Folder of its own sockets, and those of the services that it may call. */
  readonly ownSockets: string
  readonly sockets: readonly string[]
}

export interface ReplicaOptions {
  readonly spec: WorkloadSpec
  readonly index: number
  readonly directory: Directory
  readonly authority: Authority
  readonly followers: Followers
  readonly log: LogFile
  readonly logger: Logger
  readonly bounds: LocalBounds
  readonly isolation: Isolation
  readonly home: ReplicaHome
  /** Called whenever its endpoint comes or goes. */
  readonly onEndpoint: () => void
}

/** One replica: a process that is started again when it dies, until it is drained. */
export class Replica implements Follower {
  readonly #options: ReplicaOptions
  readonly #instance: string
  #process: WorkloadProcess | undefined
  #questions: Questions | undefined
  #state: ReplicaState = 'starting'
  #address: string | undefined
  #startedAt: number | undefined
  #restarts = 0
  #deaths = 0
  #lastExit: string | undefined
  /** Why the process will end, where that is known before. */
  #reason: string | undefined
  #missed = 0
  #certification: Certification | undefined
  /** Of the next start, or of the one that is going on. */
  #timer: NodeJS.Timeout | undefined
  #pinging: NodeJS.Timeout | undefined

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#instance = `${options.spec.service}/${options.index}`
  }

  /** Resolves when it takes calls. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    try {
      this.#launch({ onReady: resolve, onEnd: (how) => reject(new Error(how)) })
      await promise
    } catch (cause) {
      this.#state = 'stopped'
      const said = saidLast(this.#options.log.last)
      throw new ControlFailure(
        'START',
        `${this.#instance} did not start: ${(cause as Error).message}${said === '' ? '' : `\n${said}`}`,
        {
          cause,
          fix: `plimsoll logs ${this.#options.spec.service} shows what it wrote`,
        },
      )
    }
  }

  endpoint(): Endpoint | undefined {
    if (this.#state !== 'ready' || this.#address === undefined) return undefined
    return { address: this.#address, instance: this.#instance }
  }

  report(): TrustReport | undefined {
    return this.#state === 'ready' ? this.#certification?.report : undefined
  }

  tell(): void {
    this.#certification?.tell()
  }

  /** Undefined where no process of it runs. */
  teller(): Teller | undefined {
    const { spec } = this.#options
    const questions = this.#questions
    const pid = this.#process?.pid
    if (questions === undefined || pid === undefined || !['ready', 'draining'].includes(this.#state))
      return undefined
    return {
      service: spec.service,
      instance: this.#instance,
      version: spec.release?.name.split('@')[1],
      pid,
      tell: (wanted) => questions.ask(wanted),
    }
  }

  publish(): void {
    const { directory, spec } = this.#options
    this.#process?.send({
      type: 'snapshot',
      snapshot: directory.snapshotFor(spec.service),
      configuration: directory.configurationFor(spec.service),
    })
  }

  async drain(): Promise<void> {
    this.#state = 'draining'
    this.#stopTimers()
    await this.#process?.drain()
    this.#state = 'stopped'
  }

  status(): ReplicaStatus {
    const pid = this.#process?.pid
    return {
      instance: this.#instance,
      release: this.#options.spec.release?.name,
      state: this.#state,
      pid,
      address: this.#address,
      startedAt: this.#startedAt === undefined ? undefined : new Date(this.#startedAt).toISOString(),
      restarts: this.#restarts,
      memoryMiB: pid === undefined ? undefined : memoryOf(pid),
      lastExit: this.#lastExit,
    }
  }

  #launch(on: { onReady: () => void; onEnd: (how: string) => void }): void {
    const { spec, directory, log, bounds } = this.#options
    this.#reason = undefined
    const launch = this.#commandFor(spec)
    const launched = startProcess({
      launch,
      log,
      drainMs: bounds.drainMs,
      onMessage: (message) => {
        if (message.type === 'stopped') this.#reason = message.reason.slice(0, 2_000)
        this.#receive(message, on.onReady)
      },
    })
    this.#process = launched
    this.#questions = new Questions((message) => launched.send(message))
    const certification = this.#certify((message) => launched.send(message))
    this.#timer = setTimeout(() => {
      this.#reason = `it was not ready within ${bounds.startMs / 1_000} s`
      launched.kill()
    }, bounds.startMs)
    this.#startedAt = systemClock.now()
    launched.send({
      type: 'bootstrap',
      instance: this.#instance,
      trustDomain: this.#options.authority.trustDomain,
      listen: spec.listen ?? this.#ownPlace(),
      dataFolder: launch.dataFolder,
      externals: spec.externals,
      manifest: spec.manifest,
      snapshot: directory.snapshotFor(spec.service),
      ...certification.bootstrap,
      configuration: directory.configurationFor(spec.service),
    })
    void launched.ended.then((how) => this.#ended(this.#reason ?? how, on.onEnd))
  }

  #commandFor({ program, dataFolder, network }: WorkloadSpec): LaunchCommand {
    const { isolation, home, bounds } = this.#options
    const { ownSockets, sockets, user } = home
    const { limits } = bounds
    // Replicas of two releases run side by side while one takes over: each has a share of its own.
    const share = `${this.#instance.replace('/', '-')}-${randomBytes(4).toString('hex')}`
    return isolation.commandFor({
      share,
      program,
      dataFolder,
      network,
      ownSockets,
      sockets,
      user,
      limits,
    })
  }

  /** A socket that nobody had before: replicas of two releases run side by side while one takes over. */
  #ownPlace(): ListenPlace {
    const { isolation, home, index } = this.#options
    if (!isolation.sandboxed) return { host: '127.0.0.1', port: 0 }
    return { path: join(home.ownSockets, `${index}-${randomBytes(4).toString('hex')}.sock`) }
  }

  #receive(message: WorkloadMessage, onReady: () => void): void {
    switch (message.type) {
      case 'certificate-request':
        return this.#certification?.certify(message)
      case 'trusts':
        return this.#certification?.hear(message)
      case 'subject-key':
        return this.#certification?.takeSubjectKey(message.publicKey)
      case 'ready':
        return this.#ready(message.address, onReady)
      case 'telemetry':
        return this.#questions?.hear(message)
      case 'pong':
        this.#missed = 0
        return undefined
      case 'stopped':
        return undefined
    }
  }

  /** Said once, by a process that is being started: one that is to end does not come back by saying it again. */
  #ready(address: string, onReady: () => void): void {
    if (!['starting', 'restarting', 'crash-loop'].includes(this.#state)) return
    clearTimeout(this.#timer)
    this.#address = address
    this.#state = 'ready'
    this.#watch()
    onReady()
    this.#options.onEndpoint()
  }

  #certify(send: (message: EngineMessage) => void): Certification {
    const { authority, spec, followers, logger, bounds } = this.#options
    const { mostCertificates } = bounds
    const instance = this.#instance
    followers.add(this)
    return (this.#certification = new Certification({
      authority,
      spec,
      instance,
      followers,
      logger,
      mostCertificates,
      send,
    }))
  }

  #watch(): void {
    const { bounds } = this.#options
    this.#missed = 0
    clearInterval(this.#pinging)
    this.#pinging = setInterval(() => {
      if (this.#overStorage()) return
      this.#missed += 1
      if (this.#missed > bounds.mostMissed) {
        this.#options.logger.write('error', 'replica stuck', { instance: this.#instance })
        this.#process?.kill()
      } else {
        this.#process?.send({ type: 'ping' })
      }
    }, bounds.pingMs)
  }

  /** A service that fills its disk harms its neighbours: it is ended, and told so. */
  #overStorage(): boolean {
    const { spec, bounds } = this.#options
    if (heldMiB(spec.dataFolder) <= bounds.limits.storageMiB) return false
    this.#reason = `its data folder holds more than ${bounds.limits.storageMiB} MiB`
    this.#process?.kill()
    return true
  }

  #ended(how: string, onEnd: (how: string) => void): void {
    this.#stopTimers()
    this.#options.log.close()
    this.#lastExit = how
    this.#address = undefined
    this.#process = undefined
    this.#certification = undefined
    this.#options.followers.remove(this)
    onEnd(how)
    if (this.#state === 'draining' || this.#state === 'stopped') return
    const starting = this.#state === 'starting'
    this.#state = 'stopped'
    if (starting) return
    this.#options.onEndpoint()
    this.#restartLater(how)
  }

  /** Doubling pauses with jitter, so that replicas that die of one cause do not come back in step. */
  #restartLater(how: string): void {
    const { bounds } = this.#options
    const lived = systemClock.now() - (this.#startedAt ?? 0)
    this.#deaths = lived > bounds.healthyMs ? 1 : this.#deaths + 1
    const longest = Math.min(bounds.longestPauseMs, bounds.firstPauseMs * 2 ** (this.#deaths - 1))
    const pause = Math.round(longest * (0.5 + Math.random() / 2))
    this.#state = this.#deaths >= bounds.quickDeaths ? 'crash-loop' : 'restarting'
    this.#options.logger.write('warn', 'replica ended', {
      instance: this.#instance,
      how,
      pauseMs: pause,
      deaths: this.#deaths,
    })
    this.#timer = setTimeout(() => {
      this.#restarts += 1
      this.#launch({ onReady: () => undefined, onEnd: () => undefined })
    }, pause)
  }

  #stopTimers(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#pinging)
  }
}

/** The end of what a program wrote, without the lines that Node adds to an error. */
function saidLast(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
    .slice(-3)
    .join('\n')
}
