import { messageOf, systemClock } from '@plimsoll/base'
import type { Authority } from '@plimsoll/identity'
import type { Endpoint, EngineMessage, Logger, WorkloadMessage } from '@plimsoll/service'
import { Questions } from '../../telemetry/questions.ts'
import type { Directory, ReplicaState, ReplicaStatus, Teller, WorkloadSpec } from '../engine.ts'
import type { LocalBounds } from './bounds.ts'
import { Registration } from './adoption/registration.ts'
import type { RunningRecords } from './adoption/records.ts'
import type { Survivor } from './adoption/survivor.ts'
import { Certification } from './certification.ts'
import type { Follower, Followers, TrustReport } from './followers.ts'
import type { Isolation } from './isolation/isolation.ts'
import { commandFor, notStarted, ownPlace, pauseAfter, type ReplicaHome } from './launching.ts'
import type { LogFile } from './log-file.ts'
import { heldMiB } from './storage.ts'
import { memoryOf } from './memory.ts'
import { startProcess, type WorkloadProcess } from './process.ts'

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
  /** Where it is written down what runs, so that it outlives the control plane; it does not where absent. */
  readonly records?: RunningRecords | undefined
  /** A process that is taken over in the place of a first start. */
  readonly survivor?: Survivor | undefined
  /** Where the first start fails it is tried again, as after a death. */
  readonly patient: boolean
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
  #registration: Registration | undefined
  /** Of the next start, or of the one that is going on. */
  #timer: NodeJS.Timeout | undefined
  #pinging: NodeJS.Timeout | undefined

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#instance = `${options.spec.service}/${options.index}`
  }

  /** Resolves when it takes calls. */
  async start(): Promise<void> {
    const { survivor, patient } = this.#options
    if (survivor !== undefined) return this.#adopt(survivor)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    try {
      this.#launch({ onReady: resolve, onEnd: (how) => reject(new Error(how)) })
      await promise
    } catch (cause) {
      if (patient) return this.#restartLater((cause as Error).message)
      this.#state = 'stopped'
      throw notStarted(this.#instance, cause as Error, this.#options.log.last)
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

  letGo(): void {
    this.#state = 'stopped'
    this.#stopTimers()
    this.#options.followers.remove(this)
    this.#process?.letGo()
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
    const { spec, directory, log, bounds, records, index } = this.#options
    this.#reason = undefined
    const registration = records === undefined ? undefined : new Registration(records)
    this.#registration = registration
    const launch = commandFor(this.#options, { instance: this.#instance, outlives: registration })
    const launched = startProcess({
      launch,
      log,
      drainMs: bounds.drainMs,
      onSpawn: (pid) => registration?.spawned(pid, { spec, index, groups: launch.groups }),
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
      listen: spec.listen ?? ownPlace(this.#options),
      dataFolder: launch.dataFolder,
      externals: spec.externals,
      manifest: spec.manifest,
      snapshot: directory.snapshotFor(spec.service),
      ...certification.bootstrap,
      configuration: directory.configurationFor(spec.service),
      resume: registration?.resume,
    })
    void launched.ended.then((how) => this.#ended(this.#reason ?? how, on.onEnd))
  }

  /** The process of an earlier control plane goes on as this one's. */
  #adopt(survivor: Survivor): void {
    const { bounds } = this.#options
    const { address, startedAt } = survivor.record
    const certification = this.#certify((message) => this.#process?.send(message))
    const adopted = survivor.adopt(
      { drainMs: bounds.drainMs, onMessage: (message) => this.#receive(message, () => undefined) },
      certification.bootstrap,
    )
    this.#process = adopted
    this.#questions = new Questions((message) => adopted.send(message))
    this.#address = address
    this.#startedAt = startedAt
    this.#state = 'ready'
    this.#watch()
    void adopted.ended.then((how) => this.#ended(this.#reason ?? how, () => undefined))
    this.#options.onEndpoint()
  }

  // oxlint-disable-next-line complexity -- one line for each kind of message, and nothing else
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
      case 'output':
        return this.#options.log.write(message.text)
      case 'resume-taken':
      case 'stopped':
        return undefined
    }
  }

  /** Said once, by a process that is being started: one that is to end does not come back by saying it again. */
  #ready(address: string, onReady: () => void): void {
    if (!['starting', 'restarting', 'crash-loop'].includes(this.#state)) return
    clearTimeout(this.#timer)
    this.#address = address
    this.#registration?.ready(address)
    this.#state = 'ready'
    this.#watch()
    onReady()
    this.#options.onEndpoint()
  }

  #certify(send: (message: EngineMessage) => void): Certification {
    const { authority, spec, followers, logger, bounds, records } = this.#options
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
      outlives: records !== undefined,
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
    this.#registration?.ended()
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

  #restartLater(how: string): void {
    const { bounds } = this.#options
    const lived = systemClock.now() - (this.#startedAt ?? 0)
    this.#deaths = lived > bounds.healthyMs ? 1 : this.#deaths + 1
    const pause = pauseAfter(this.#deaths, bounds)
    this.#state = this.#deaths >= bounds.quickDeaths ? 'crash-loop' : 'restarting'
    this.#options.logger.write('warn', 'replica ended', {
      instance: this.#instance,
      how,
      pauseMs: pause,
      deaths: this.#deaths,
    })
    this.#timer = setTimeout(() => this.#restart(), pause)
  }

  /** What the machine does not give now (a control group, a folder) it may give later: the engine and all others go on. */
  #restart(): void {
    this.#restarts += 1
    try {
      this.#launch({ onReady: () => undefined, onEnd: () => undefined })
    } catch (thrown) {
      this.#lastExit = `it could not be started: ${messageOf(thrown)}`
      this.#restartLater(this.#lastExit)
    }
  }

  #stopTimers(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#pinging)
  }
}
