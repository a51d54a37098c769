import type { Deployment } from '@plimsoll/architecture'
import type { ReleaseStore } from '@plimsoll/release'
import { admit, readmit, type Admitted } from './admission.ts'
import type { BreakGlass } from './break-glass.ts'
import { keepConsumerKeys } from './consumers.ts'
import { ControlFailure, ControlRefusal } from './errors.ts'
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
}

/** Who answers for a change that the gate refuses, and who asks for it. */
export interface Answering {
  readonly breakGlass: BreakGlass
  /** SPIFFE ID. */
  readonly operator: string
}

/** Changes of what runs: one at a time, each admitted before anything is touched. */
export class Changes {
  readonly #options: ChangesOptions
  #running: Promise<unknown> | undefined
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

  /**
   * Admits a deployment and makes it the one that runs.
   * @throws a refusal where it is not admitted; `START` where it does not start
   */
  change(deployment: Deployment, attestation: unknown, answering?: Answering): Promise<RolloutResult> {
    return this.#alone(async () => {
      const { fleet, store, trust, state } = this.#options
      const admitted = await admit({
        deployment,
        attestation,
        running: fleet.live?.deployment,
        store,
        trust,
        used: (before, after) => state.attestations(before, after),
        breakGlass: answering?.breakGlass,
      })
      this.#recordBreakGlass(admitted, answering)
      return this.#rollOut(admitted, 'change')
    })
  }

  /**
   * Goes back to what was live before.
   * @returns the deployment that needs a verdict, where the resulting architecture was never admitted
   */
  rollback(service: string | undefined): Promise<RolloutResult | { readonly needsVerdict: Deployment }> {
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

  /** API keys for every consumer of a deployment. */
  keepKeys(deployment: Deployment): void {
    keepConsumerKeys(Object.keys(deployment.consumers), this.#options.folders.consumers, this.#options.state)
  }

  /** Takes no more changes, and waits for the one that is being made. */
  async end(): Promise<void> {
    this.#ending = true
    await this.#running?.catch(() => undefined)
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
