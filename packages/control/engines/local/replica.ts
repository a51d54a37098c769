import { systemClock } from '@plimsoll/base'
import type { Authority } from '@plimsoll/identity'
import type { CertificateRequest, Endpoint, Logger, WorkloadMessage } from '@plimsoll/service'
import { readFileSync } from 'node:fs'
import { ControlFailure } from '../../errors.ts'
import type { Directory, ReplicaState, ReplicaStatus, WorkloadSpec } from '../engine.ts'
import type { LocalBounds } from './bounds.ts'
import type { LogFile } from './log-file.ts'
import { startProcess, type WorkloadProcess } from './process.ts'

const minute = 60_000

export interface ReplicaOptions {
  readonly spec: WorkloadSpec
  readonly index: number
  readonly directory: Directory
  readonly authority: Authority
  readonly log: LogFile
  readonly logger: Logger
  readonly bounds: LocalBounds
  /** Called whenever its endpoint comes or goes. */
  readonly onEndpoint: () => void
}

/** One replica: a process that is started again when it dies, until it is drained. */
export class Replica {
  readonly #options: ReplicaOptions
  readonly #instance: string
  #process: WorkloadProcess | undefined
  #state: ReplicaState = 'starting'
  #address: string | undefined
  #startedAt: number | undefined
  #restarts = 0
  #deaths = 0
  #lastExit: string | undefined
  #missed = 0
  #certified = { since: 0, count: 0 }
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
      memoryMiB: pid === undefined ? undefined : residentMiB(pid),
      lastExit: this.#lastExit,
    }
  }

  #launch(on: { onReady: () => void; onEnd: (how: string) => void }): void {
    const { spec, directory, log, bounds } = this.#options
    let reason: string | undefined
    const launched = startProcess({
      program: spec.program,
      folder: spec.dataFolder,
      log,
      drainMs: bounds.drainMs,
      onMessage: (message) => {
        if (message.type === 'stopped') reason = message.reason.slice(0, 2_000)
        this.#receive(message, on.onReady)
      },
    })
    this.#process = launched
    this.#timer = setTimeout(() => {
      reason = `it was not ready within ${bounds.startMs / 1_000} s`
      launched.kill()
    }, bounds.startMs)
    this.#startedAt = systemClock.now()
    launched.send({
      type: 'bootstrap',
      instance: this.#instance,
      trustDomain: this.#options.authority.trustDomain,
      listen: spec.listen,
      dataFolder: spec.dataFolder,
      externals: spec.externals,
      manifest: spec.manifest,
      snapshot: directory.snapshotFor(spec.service),
      configuration: directory.configurationFor(spec.service),
    })
    void launched.ended.then((how) => this.#ended(reason ?? how, on.onEnd))
  }

  #receive(message: WorkloadMessage, onReady: () => void): void {
    switch (message.type) {
      case 'certificate-request':
        return this.#certify(message)
      case 'ready':
        // Said once, by a process that is being started: one that is to end does not come back by saying it again.
        if (!['starting', 'restarting', 'crash-loop'].includes(this.#state)) return undefined
        clearTimeout(this.#timer)
        this.#address = message.address
        this.#state = 'ready'
        this.#watch()
        onReady()
        return this.#options.onEndpoint()
      case 'pong':
        this.#missed = 0
        return undefined
      case 'stopped':
        return undefined
    }
  }

  /** The channel is the proof of who asks: the identity is the one that this replica was started with. */
  #certify({ publicKey, proof, names }: CertificateRequest): void {
    const { authority, spec, logger } = this.#options
    if (!this.#mayHaveCertificate()) return
    try {
      const key = { publicKey, proof }
      const { certificateChain } =
        names === undefined
          ? authority.issueWorkload({ ...key, identity: spec.identity })
          : authority.issueServer({ ...key, names: names.filter((name) => spec.serverNames.includes(name)) })
      this.#process?.send({ type: 'certificate', certificateChain, bundle: authority.bundle })
    } catch (thrown) {
      logger.write('error', 'certificate refused', {
        instance: this.#instance,
        reason: (thrown as Error).message,
      })
    }
  }

  #mayHaveCertificate(): boolean {
    const now = systemClock.now()
    const { logger, bounds } = this.#options
    if (now - this.#certified.since > minute) this.#certified = { since: now, count: 0 }
    this.#certified.count += 1
    if (this.#certified.count === bounds.mostCertificates + 1)
      logger.write('error', 'too many certificates asked for', { instance: this.#instance })
    return this.#certified.count <= bounds.mostCertificates
  }

  #watch(): void {
    const { bounds } = this.#options
    this.#missed = 0
    clearInterval(this.#pinging)
    this.#pinging = setInterval(() => {
      this.#missed += 1
      if (this.#missed > bounds.mostMissed) {
        this.#options.logger.write('error', 'replica stuck', { instance: this.#instance })
        this.#process?.kill()
      } else {
        this.#process?.send({ type: 'ping' })
      }
    }, bounds.pingMs)
  }

  #ended(how: string, onEnd: (how: string) => void): void {
    this.#stopTimers()
    this.#options.log.close()
    this.#lastExit = how
    this.#address = undefined
    this.#process = undefined
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

function residentMiB(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Math.round(Number(kib) / 1_024)
  } catch {
    return undefined
  }
}
