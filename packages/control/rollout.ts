import { changedServices, type Deployment } from '@plimsoll/architecture'
import { canonicalJson, messageOf } from '@plimsoll/base'
import type { Endpoint, Logger } from '@plimsoll/service'
import { setTimeout as pause } from 'node:timers/promises'
import type { Admitted } from './admission.ts'
import { Beside } from './canary/beside.ts'
import { gatewayName, type CallDirectory, type Deployed } from './directory.ts'
import type { Followers } from './engines/local/followers.ts'
import type { Engine, Recalled, WorkloadSet, WorkloadSpec, Wall } from './engines/engine.ts'
import { ControlFailure } from './errors.ts'
import { claimPort } from './port.ts'
import type { GenerationKind, State } from './state.ts'
import { gatewaySpec, needsGateway, serviceSpec, type SpecSources } from './workload-specs.ts'

/** Time for snapshots to arrive before what they no longer name is drained. */
const settleMs = 100

export interface FleetOptions extends SpecSources {
  readonly engine: Engine
  readonly directory: CallDirectory
  readonly state: State
  readonly logger: Logger
}

export interface RolloutResult {
  readonly generation: number
  readonly started: readonly string[]
  readonly stopped: readonly string[]
}

/** What was started for a deployment beside what ran. */
interface Step {
  readonly fresh: ReadonlyMap<string, WorkloadSet>
  /** Names of what the deployment does not have any more. */
  readonly gone: ReadonlySet<string>
  readonly gatewayPort: number
}

/** Everything that runs, and the one way to change it. */
export class Fleet {
  readonly #options: FleetOptions
  #sets: ReadonlyMap<string, WorkloadSet> = new Map()
  #live: Deployed | undefined
  #gatewayPort: number | undefined
  /** Candidates that get a part of the calls. */
  #beside: Beside | undefined

  constructor(options: FleetOptions) {
    this.#options = options
  }

  get live(): Deployed | undefined {
    return this.#live
  }

  /** Address of the gateway for people; undefined where none runs. */
  get gateway(): string | undefined {
    return this.#sets.has(gatewayName) ? `https://localhost:${this.#gatewayPort ?? 0}` : undefined
  }

  get followers(): Followers {
    return this.#options.engine.followers
  }

  get walls(): readonly Wall[] {
    return this.#options.engine.walls
  }

  get sets(): readonly WorkloadSet[] {
    return [...this.#sets.values(), ...(this.#beside?.sets.values() ?? [])]
  }

  endpoints(): Readonly<Record<string, readonly Endpoint[]>> {
    const beside = this.#beside
    const names = new Set([...this.#sets.keys(), ...(beside?.sets.keys() ?? [])])
    const endpointsOf = (name: string) =>
      beside === undefined
        ? this.#sets.get(name)?.endpoints()
        : beside.endpointsOf(name, this.#sets.get(name))
    return Object.fromEntries([...names].map((name) => [name, endpointsOf(name) ?? []]))
  }

  /** Tells every workload where everybody is. */
  publish(): void {
    for (const set of this.sets) set.publish()
  }

  /** Writes a deployment down that is to roll; gives its number. */
  async begin(admitted: Admitted, kind: GenerationKind): Promise<number> {
    await this.#checkPort(admitted)
    return this.#options.state.begin(rowOf(admitted, kind))
  }

  /**
   * Starts releases of a deployment beside what runs, and everything of it that does not run at all yet; nobody calls them before `shareOut`. The gateway
   * keeps its routes.
   * @throws {ControlFailure} `START`; nothing of it is left then
   */
  async startCandidates(next: Deployed, services: readonly string[]): Promise<readonly string[]> {
    const fresh = Object.keys(next.deployment.services).filter((name) => !this.#sets.has(name))
    const names = [...new Set([...services, ...fresh])]
    const specs = await Promise.all(names.map((name) => serviceSpec(name, next, this.#options)))
    this.#options.directory.follow(next, ...(this.#live === undefined ? [] : [this.#live]))
    this.#publishBefore()
    const sets = await this.#startAll(specs)
    this.#beside = new Beside(next, new Map(sets.map((set) => [set.spec.service, set])))
    this.publish()
    return names
  }

  /** Gives the candidates a part of the calls, 0 to 1. */
  shareOut(share: number): void {
    if (this.#beside === undefined) throw new ControlFailure('START', 'no candidate runs')
    this.#beside.share = share
    this.publish()
  }

  /** What is wrong with a candidate that cannot be kept running. */
  dyingBeside(): string | undefined {
    const replicas = [...(this.#beside?.sets.values() ?? [])].flatMap((set) => set.replicas())
    const dying = replicas.find(({ state }) => state === 'crash-loop')
    return dying && `${dying.instance} of the candidate ends again and again: ${dying.lastExit ?? ''}`
  }

  /** Ends the candidates; what ran before gets every call again. */
  async takeBack(): Promise<void> {
    const beside = this.#beside
    if (beside === undefined) return
    beside.share = 0
    this.publish()
    await pause(settleMs)
    // What they still do for earlier calls, they may do to its end.
    await Promise.all([...beside.sets.values()].map((set) => set.drain()))
    this.#beside = undefined
    await this.#stepBack([])
  }

  /**
   * Makes the deployment of the candidates the one that runs.
   * @throws {ControlFailure} `START`; the candidates still run beside then
   */
  async takeOver(number: number, next: Deployed): Promise<void> {
    const candidates = this.#beside?.sets ?? new Map<string, WorkloadSet>()
    const step = await this.#startBeside(next)
    await this.#promote(number, step)
    this.#beside = undefined
    await this.#switchTo(next, { ...step, fresh: new Map([...candidates, ...step.fresh]) })
  }

  /**
   * Makes an admitted deployment the one that runs: starts what is new beside what runs, switches, drains what was. Where
   * something does not start, what ran before runs on.
   * @throws {ControlFailure} `START`
   */
  async rollOut(admitted: Admitted, kind: GenerationKind): Promise<RolloutResult> {
    const { state } = this.#options
    const number = await this.begin(admitted, kind)
    let step: Step
    try {
      step = await this.#startBeside(admitted)
      await this.#promote(number, step)
    } catch (thrown) {
      state.fail(number, messageOf(thrown).slice(0, 2_000))
      throw thrown
    }
    await this.#switchTo(admitted, step)
    return { generation: number, started: [...step.fresh.keys()], stopped: [...step.gone] }
  }

  /**
   * Starts workloads of what is live again, beside what is left of them, which is drained when the new ones take calls.
   * @throws {ControlFailure} `START`; what is left runs on
   */
  async restart(names: readonly string[]): Promise<void> {
    const live = this.#live
    if (live === undefined || names.length === 0) return
    const gatewayPort = await this.#portOf(live.deployment)
    const specs = await Promise.all(
      names.map(async (name) =>
        name === gatewayName
          ? gatewaySpec(live, gatewayPort, this.#options)
          : await serviceSpec(name, live, this.#options),
      ),
    )
    const started = await this.#startAll(specs)
    const fresh = new Map(started.map((set) => [set.spec.service, set]))
    await this.#switchTo(live, { fresh, gone: new Set(), gatewayPort })
  }

  /** Calls back what an earlier control plane left running. */
  async recall(): Promise<Recalled> {
    return this.#options.engine.recall()
  }

  /** Starts what was live when the control plane ended; takes over of it what was called back. */
  async resume(deployed: Deployed, recalled?: Recalled): Promise<void> {
    const { host, port } = deployed.deployment.gateway
    const own = recalled
      ?.listens(gatewayName)
      .find((held) => held.host === host && (port === 0 || port === held.port))
    if (own === undefined) await this.#checkPort(deployed)
    await this.#switchTo(deployed, await this.#startBeside(deployed, own?.port))
  }

  /** Ends what was called back and is no part of what is live. */
  async dismiss(): Promise<void> {
    await this.#options.engine.dismiss()
  }

  /** Lets everything run on, for the next control plane. */
  letGo(): void {
    for (const set of this.#sets.values()) set.letGo()
    this.#options.engine.letGo()
    this.#sets = new Map()
  }

  async drain(): Promise<void> {
    const gateway = this.#sets.get(gatewayName)
    await gateway?.drain()
    await Promise.all(this.sets.filter((set) => set !== gateway).map((set) => set.drain()))
    this.#sets = new Map()
    this.#beside = undefined
  }

  async #startBeside(next: Deployed, port?: number): Promise<Step> {
    const { directory } = this.#options
    const gatewayPort = port ?? (await this.#portOf(next.deployment))
    const specs = await this.#specsOf(next, gatewayPort)
    // Both generations run for a moment: each may call what it was vetted to call.
    directory.follow(...(this.#live === undefined ? [] : [this.#live]), next)
    this.#publishBefore()
    const started = await this.#startAll(specs)
    const wanted = new Set([
      ...Object.keys(next.deployment.services),
      ...(needsGateway(next) ? [gatewayName] : []),
    ])
    const gone = new Set([...this.#sets.keys()].filter((name) => !wanted.has(name)))
    return { fresh: new Map(started.map((set) => [set.spec.service, set])), gone, gatewayPort }
  }

  /** Starts all of them, or steps back. */
  async #startAll(specs: readonly WorkloadSpec[]): Promise<readonly WorkloadSet[]> {
    const { engine, directory } = this.#options
    const outcomes = await Promise.allSettled(specs.map((spec) => engine.start(spec, directory)))
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed === undefined) return started
    await this.#stepBack(started)
    throw failed.reason
  }

  /** From here on, what was started is what has to run after a fall. */
  async #promote(number: number, { fresh }: Step): Promise<void> {
    try {
      this.#options.state.promote(number)
    } catch (thrown) {
      await this.#stepBack([...fresh.values()])
      throw thrown
    }
  }

  /** What was live is all that counts again; nothing of what was started beside it is left. */
  async #stepBack(started: readonly WorkloadSet[]): Promise<void> {
    this.#options.directory.follow(...(this.#live === undefined ? [] : [this.#live]))
    this.publish()
    await Promise.all(started.map((set) => set.drain()))
  }

  /** Callees learn of new callers; the gateway keeps its routes until the new replicas are there. */
  #publishBefore(): void {
    for (const [name, set] of this.#sets) if (name !== gatewayName) set.publish()
  }

  async #switchTo(next: Deployed, { fresh, gone, gatewayPort }: Step): Promise<void> {
    const before = this.#sets
    this.#gatewayPort = gatewayPort
    this.#sets = new Map([...[...before].filter(([name]) => !gone.has(name)), ...fresh])
    this.publish()
    const replaced = [...before].filter(([name]) => gone.has(name) || fresh.has(name)).map(([, set]) => set)
    if (replaced.length > 0) await pause(settleMs)
    await Promise.all(replaced.map((set) => set.drain()))
    this.#live = next
    this.#options.directory.follow(next)
    this.publish()
  }

  /** What has to be started: services that changed, and the gateway where it changed or is not there yet. */
  async #specsOf(next: Deployed, gatewayPort: number): Promise<WorkloadSpec[]> {
    const changed = changedServices(next.deployment, this.#live?.deployment).filter(
      (name) => this.#beside?.sets.has(name) !== true,
    )
    const specs = await Promise.all(changed.map((name) => serviceSpec(name, next, this.#options)))
    if (needsGateway(next) && !this.#keepsGateway(next))
      specs.push(await gatewaySpec(next, gatewayPort, this.#options))
    return specs
  }

  #keepsGateway({ deployment }: Deployed): boolean {
    const live = this.#live?.deployment.gateway ?? null
    return this.#sets.has(gatewayName) && canonicalJson(live) === canonicalJson(deployment.gateway)
  }

  /** Before anything is touched: the gateway's port is free, or this fleet's own gateway has it. Nobody needs it without one. */
  async #checkPort(next: Deployed): Promise<void> {
    const { host, port } = next.deployment.gateway
    const own = this.#sets.has(gatewayName) && this.#gatewayPort === port
    if (needsGateway(next) && !own) await claimPort(host, port)
  }

  /** The port of the gateway from now on: its own where any will do and it has one. */
  async #portOf({ gateway: { host, port } }: Deployment): Promise<number> {
    if (port !== 0) return port
    const own = this.#sets.has(gatewayName) && this.#live?.deployment.gateway.port === 0
    return own && this.#gatewayPort !== undefined ? this.#gatewayPort : await claimPort(host, 0)
  }
}

function rowOf({ deployment, after, attestation, verdict }: Admitted, kind: GenerationKind) {
  const { architecture, candidate, policy } = verdict
  return { kind, deployment, before: architecture.before, after, candidate, policy, attestation }
}
