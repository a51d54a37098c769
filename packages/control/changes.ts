import { canaryPlan, type CanaryStep, type Deployment } from '@plimsoll/architecture'
import { messageOf, systemClock, type Clock } from '@plimsoll/base'
import type { Logger } from '@plimsoll/service'
import type { ReleaseStore } from '@plimsoll/release'
import { admit, readmit, type Admitted } from './admission.ts'
import type { BreakGlass } from './break-glass.ts'
import { Canary, type CanaryParts } from './canary/canary.ts'
import type { CanaryRecord } from './canary/canary-log.ts'
import { checkUncoupled, comparedOf } from './canary/compared.ts'
import { keepConsumerKeys } from './consumers.ts'
import { ControlFailure, ControlRefusal } from './errors.ts'
import { DriftWatch, type Drift, type DriftKind } from './drift.ts'
import type { Folders } from './folders.ts'
import type { Fleet, RolloutResult } from './rollout.ts'
import type { Generation, GenerationKind, State } from './state.ts'
import type { Trust } from './trust.ts'

export interface ChangesOptions {
  readonly fleet: Fleet
  readonly state: State
  readonly store: ReleaseStore
  readonly trust: Trust
  readonly folders: Folders
  /** What every process counts: what canaries are judged by. */
  readonly telemetry?: CanaryParts['telemetry']
  readonly logger?: Logger
  readonly clock?: Clock
}

/** What became of a change: with steps where its candidates get only a part of the calls for now. */
export interface ChangeResult extends RolloutResult {
  readonly canary?: readonly CanaryStep[]
}

/** Who answers for a change that the gate refuses, and who asks for it. */
export interface Answering {
  readonly breakGlass: BreakGlass
  /** SPIFFE ID. */
  readonly operator: string
}

export interface ChangeOptions {
  readonly answering?: Answering | undefined
  /** A canary's, in the place of the policy's, such as `1% 5m, 50% 5m`; `none`: at once. */
  readonly steps?: string | undefined
  /** The generation that it was planned for; 0 where nothing ran. */
  readonly expected?: number | undefined
}

export interface Repaired {
  /** Services whose replicas were started again. */
  readonly started: readonly string[]
  /** Ids of processes that were ended. */
  readonly ended: readonly number[]
}

/** Changes of what runs: one at a time, each admitted before anything is touched. */
export class Changes {
  readonly #options: ChangesOptions
  #running: Promise<unknown> | undefined
  #canary: Canary | undefined
  #ending = false

  constructor(options: ChangesOptions) {
    this.#options = options
  }

  get store(): ReleaseStore {
    return this.#options.store
  }

  get trust(): Trust {
    return this.#options.trust
  }

  /** The canary that goes on; undefined where none does. */
  get canary(): Canary | undefined {
    return this.#canary
  }

  /**
   * Admits a deployment and makes it the one that runs; step by step, where the policy or whoever asks for it says so: then it goes on after this
   * resolves, and no other change is made until it has ended.
   * @throws a refusal where it is not admitted; `START` where it does not start
   */
  change(
    deployment: Deployment,
    attestation: unknown,
    { answering, steps, expected }: ChangeOptions = {},
  ): Promise<ChangeResult> {
    return this.#alone(async () => {
      const { fleet, store, trust, state } = this.#options
      this.#checkGeneration(expected)
      const running = fleet.live?.deployment
      const plan = canaryPlan((running ?? deployment).policy.rollout, steps)
      const admitted = await admit({
        deployment,
        attestation,
        running,
        store,
        trust,
        used: (before, after) => state.attestations(before, after),
        breakGlass: answering?.breakGlass,
      })
      const compared = comparedOf(deployment, running)
      const atOnce = plan === undefined || fleet.live === undefined || compared.length === 0
      if (!atOnce) checkUncoupled(admitted, fleet.live, compared)
      this.#recordBreakGlass(admitted, answering)
      if (atOnce) return this.#rollOut(admitted, 'change')
      return await this.#beginCanary(admitted, plan, compared)
    })
  }

  /**
   * Goes on with the canary that a control plane has left behind, from the step that is written down; where it cannot, the candidate is out.
   * To be called when what was live runs again.
   */
  async resumeCanary(): Promise<void> {
    const { state, store, trust, fleet } = this.#options
    const record = state.canaries.open()
    if (record === undefined) return
    const generation = state.generation(record.generation)
    try {
      if (fleet.live === undefined || generation === undefined)
        throw new ControlFailure('START', 'what was live does not run')
      const { deployment } = generation
      const admitted = await readmit({ deployment, store, trust, admitted: () => [generation] })
      if (admitted === undefined) throw new ControlFailure('START', 'it is not admitted any more')
      await this.#startCanary(admitted, record)
    } catch (thrown) {
      state.fail(record.generation, `the canary could not go on: ${messageOf(thrown)}`.slice(0, 2_000))
      this.#parts().logger.write('error', 'canary not resumed', { reason: messageOf(thrown) })
    }
  }

  /**
   * Goes back to what was live before.
   * @returns the deployment that needs a verdict, where the resulting architecture was never admitted
   */
  rollback(service: string | undefined): Promise<RolloutResult | { readonly needsVerdict: Deployment }> {
    const canary = this.#canary
    if (canary !== undefined && (service === undefined || canary.services.includes(service)))
      return this.#endCanary(canary, service)
    return this.#alone(async () => {
      const { store, trust, state } = this.#options
      const deployment = this.#former(service)
      const admitted = await readmit({
        deployment,
        store,
        trust,
        admitted: (after) => state.admitted(after),
        covered: (after) => state.breakGlass.covers(after),
      })
      return admitted === undefined ? { needsVerdict: deployment } : this.#rollOut(admitted, 'rollback')
    })
  }

  /** What is not as it was admitted. */
  drift(): Promise<readonly Drift[]> {
    return new DriftWatch(this.#options).observe()
  }

  /**
   * Repairs drift that somebody was shown, and no other; what is in order again is left alone.
   * @throws {ControlFailure} `START` where a replica does not start; what is left runs on
   */
  repair(shown: readonly Pick<Drift, 'kind' | 'subject'>[]): Promise<Repaired> {
    return this.#alone(async () => {
      const watch = new DriftWatch(this.#options)
      const isShown = ({ kind, subject }: Drift) =>
        shown.some((one) => one.kind === kind && one.subject === subject)
      const now = (await watch.observe()).filter(isShown)
      const of = (...kinds: readonly DriftKind[]) => now.filter(({ kind }) => kinds.includes(kind))
      const services = new Set(of('replica', 'replicas', 'copy').map(({ service }) => service ?? ''))
      await this.#options.fleet.restart([...services])
      const ended = of('process').filter(({ subject }) => watch.endStranger(Number(subject)))
      return { started: [...services], ended: ended.map(({ subject }) => Number(subject)) }
    })
  }

  #checkGeneration(expected: number | undefined): void {
    const { fleet, state } = this.#options
    const now = fleet.live === undefined ? 0 : (state.live()?.number ?? 0)
    if (expected === undefined || expected === now) return
    throw new ControlRefusal(
      'PLAN_STALE',
      `the plan was made for generation ${expected}, but generation ${now} runs`,
      { fix: 'look at the new plan: plimsoll plan' },
    )
  }

  /** API keys for every consumer of a deployment. */
  keepKeys(deployment: Deployment): void {
    keepConsumerKeys(Object.keys(deployment.consumers), this.#options.folders.consumers, this.#options.state)
  }

  /** Takes no more changes, and waits for the one that is being made; a canary is left to the next control plane. */
  async end(): Promise<void> {
    this.#ending = true
    await this.#running?.catch(() => undefined)
    this.#canary?.leave()
    await this.#canary?.ended
  }

  async #beginCanary(
    admitted: Admitted,
    plan: CanaryRecord['plan'],
    compared: CanaryRecord['compared'],
  ): Promise<ChangeResult> {
    this.keepKeys(admitted.deployment)
    const generation = await this.#options.fleet.begin(admitted, 'change')
    const since = new Date(this.#parts().clock.now()).toISOString()
    const record: CanaryRecord = { generation, plan, compared, step: 0, since, evidence: [] }
    const started = await this.#startCanary(admitted, record)
    return { generation, started, stopped: [], canary: plan.steps }
  }

  /** What is written down first is gone on with after a fall; what does not start is out. */
  async #startCanary(admitted: Admitted, record: CanaryRecord): Promise<readonly string[]> {
    const { state, fleet } = this.#options
    const services = record.compared.map(({ service }) => service)
    state.canaries.write(record)
    let started: readonly string[]
    try {
      started = await fleet.startCandidates(admitted, services)
    } catch (thrown) {
      state.fail(record.generation, messageOf(thrown).slice(0, 2_000))
      throw thrown
    }
    const canary = new Canary(this.#parts(), admitted, record)
    this.#canary = canary
    void this.#forgetAfter(canary)
    return started
  }

  async #forgetAfter(canary: Canary): Promise<void> {
    await canary.ended
    if (this.#canary === canary) this.#canary = undefined
  }

  async #endCanary(canary: Canary, service: string | undefined): ReturnType<Changes['rollback']> {
    canary.takeBack('an operator took it back')
    await canary.ended
    const live = this.#options.state.live()?.number ?? 0
    // It may just have taken over: then that is what is gone back from.
    if (live === canary.generation) return this.rollback(service)
    return { generation: live, started: [], stopped: canary.services }
  }

  #parts(): CanaryParts {
    const { fleet, state, clock = systemClock } = this.#options
    const { telemetry = { metrics: async () => [] }, logger = { write: () => undefined } } = this.#options
    return { fleet, state, telemetry, clock, logger }
  }

  /** Before anything is touched. */
  #recordBreakGlass({ breakGlass, after, verdict }: Admitted, answering: Answering | undefined): void {
    if (breakGlass === undefined || answering === undefined) return
    const { candidate } = verdict
    this.#options.state.breakGlass.record({ ...breakGlass, operator: answering.operator, after, candidate })
  }

  #rollOut(admitted: Admitted, kind: GenerationKind): Promise<RolloutResult> {
    this.keepKeys(admitted.deployment)
    return this.#options.fleet.rollOut(admitted, kind)
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ending) throw new ControlFailure('CLOSING', 'the control plane is ending')
    if (this.#running !== undefined) {
      throw new ControlRefusal('CHANGE_IN_PROGRESS', 'another change is being made', {
        fix: 'try again when it is done: plimsoll status',
      })
    }
    if (this.#canary !== undefined) {
      throw new ControlRefusal('CHANGE_IN_PROGRESS', 'a canary goes on', {
        fix: 'plimsoll status shows how it goes; plimsoll rollback ends it',
      })
    }
    const running = work()
    this.#running = running
    try {
      return await running
    } finally {
      this.#running = undefined
    }
  }

  /** The deployment to go back to: one service as it was before its last change, or everything. */
  #former(service: string | undefined): Deployment {
    const live = this.#options.fleet.live?.deployment
    const earlier = this.#options.state.generations(200).filter(({ status }) => status === 'superseded')
    const target =
      live === undefined
        ? undefined
        : service === undefined
          ? earlier[0]?.deployment
          : withFormer(live, service, earlier)
    if (target !== undefined) return target
    const what =
      service === undefined ? 'there is no earlier generation' : `${service} has no earlier release here`
    throw new ControlRefusal('NOTHING_TO_ROLL_BACK', what, {
      fix: 'plimsoll status --history lists what was live',
    })
  }
}

/** The running deployment with one service as the newest generation had it that had it otherwise. */
function withFormer(
  live: Deployment,
  service: string,
  earlier: readonly Generation[],
): Deployment | undefined {
  const now = live.services[service]?.release
  if (now === undefined) return undefined
  const former = earlier.find(({ deployment }) => {
    const then = deployment.services[service]?.release
    return then !== undefined && then !== now
  })?.deployment
  const then = former?.services[service]
  return former === undefined || then === undefined
    ? undefined
    : {
        ...live,
        services: { ...live.services, [service]: then },
        stores: { ...former.stores, ...live.stores },
        externals: { ...former.externals, ...live.externals },
      }
}
