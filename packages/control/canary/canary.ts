import { formatDuration, messageOf, type Clock, type Json } from '@plimsoll/base'
import type { Logger, Read } from '@plimsoll/service'
import { setTimeout as pause } from 'node:timers/promises'
import type { Admitted } from '../admission.ts'
import { audited } from '../audit/audited.ts'
import type { Fleet } from '../rollout.ts'
import type { State } from '../state.ts'
import type { CanaryRecord } from './canary-log.ts'
import { partiesOf } from './compared.ts'
import {
  everyone,
  foremostIn,
  gather,
  objections,
  standings,
  type EvidenceOptions,
  type Objection,
} from './evidence.ts'
import { levelText, objectionText } from './objection-text.ts'
import { OutcomeReader } from './outcome-reader.ts'

export interface CanaryParts {
  readonly fleet: Fleet
  readonly state: State
  /** What every process counts. */
  readonly telemetry: { metrics(): Promise<readonly Read[]> }
  readonly clock: Clock
  readonly logger: Logger
}

/** Milliseconds between two looks at what callers met: a tenth of the step, within these. */
const lookMs = { least: 100, most: 1_000 } as const
/** As whom the control plane writes down what it does by itself. */
const itself = 'control'

/** Why a canary ends before its steps do. */
type Ending =
  | { readonly kind: 'back'; readonly reason: string; readonly facts?: Json }
  | { readonly kind: 'closing' }

/**
 * A candidate that takes over step by step, as long as nothing speaks against it. What it does next is written down before it is
 * done: whoever is killed goes on with the step that is written, or has gone back.
 */
export class Canary {
  /** Resolves when the candidate is live, or taken back, or left to the next control plane. Never rejects. */
  readonly ended: Promise<void>
  readonly #parts: CanaryParts
  readonly #admitted: Admitted
  readonly #options: EvidenceOptions
  readonly #reader = new OutcomeReader()
  readonly #stopping = new AbortController()
  #record: CanaryRecord
  #ending: Ending | undefined

  /** @param record where it is; the candidate's replicas run already */
  constructor(parts: CanaryParts, admitted: Admitted, record: CanaryRecord) {
    this.#parts = parts
    this.#admitted = admitted
    this.#record = record
    const { plan, compared } = record
    const { falseAlarm, slower } = plan
    const live = parts.fleet.live?.deployment
    const parties = partiesOf(admitted.deployment, ...(live === undefined ? [] : [live]))
    this.#options = { compared, parties, falseAlarm, slower }
    this.ended = this.#run()
  }

  get generation(): number {
    return this.#record.generation
  }

  get services(): readonly string[] {
    return this.#record.compared.map(({ service }) => service)
  }

  /** Ends it: the candidate is taken back. */
  takeBack(reason: string): void {
    this.#end({ kind: 'back', reason })
  }

  /** Leaves it as it is written down, for the next control plane to go on with. */
  leave(): void {
    this.#end({ kind: 'closing' })
  }

  /** Where it is and what is known, for people. */
  status() {
    const { generation, plan, compared, step, since, evidence } = this.#record
    return {
      generation,
      services: compared.map((one) => ({ ...one })),
      steps: plan.steps.map((one) => ({ ...one })),
      step,
      since,
      evidence: standings(evidence, this.#options)
        .toSorted((one, other) => one.level - other.level)
        .slice(0, 20)
        .map(({ service, party, question, seen, level }) => ({
          service,
          party,
          question,
          candidate: { ...seen.candidate },
          running: { ...seen.running },
          p: level,
        })),
    }
  }

  #end(ending: Ending): void {
    this.#ending ??= ending
    this.#stopping.abort()
  }

  async #run(): Promise<void> {
    try {
      // What was counted before says nothing of this canary.
      this.#reader.next(await this.#parts.telemetry.metrics())
      const { plan, step: first } = this.#record
      for (let step = first; step < plan.steps.length && this.#ending === undefined; step += 1)
        await this.#take(step, step > first)
      if (this.#ending === undefined) return await this.#takeOver()
    } catch (thrown) {
      this.#ending ??= { kind: 'back', reason: messageOf(thrown) }
    }
    if (this.#ending?.kind === 'back') await this.#goBack(this.#ending)
  }

  /** One step: its part of the calls, for its time. */
  async #take(step: number, isNext: boolean): Promise<void> {
    const { state, fleet, clock } = this.#parts
    const { generation, plan } = this.#record
    const { share = 0, milliseconds = 0 } = plan.steps[step] ?? {}
    if (isNext) this.#write({ step, since: new Date(clock.now()).toISOString() })
    await audited(state.audit, { who: itself, act: 'canary-step', facts: { generation, step, share } }, () =>
      fleet.shareOut(share),
    )
    const callsBefore = this.#callsOfCandidate()
    const endsAt = performance.now() + milliseconds
    const pauseMs = Math.min(lookMs.most, Math.max(lookMs.least, milliseconds / 10))
    while (this.#ending === undefined && performance.now() < endsAt) {
      await this.#wait(Math.min(pauseMs, endsAt - performance.now()))
      await this.#look()
    }
    this.#checkCalled(callsBefore, plan.steps[step])
  }

  async #wait(milliseconds: number): Promise<void> {
    await pause(Math.max(1, milliseconds), undefined, { signal: this.#stopping.signal }).catch(
      () => undefined,
    )
  }

  async #look(): Promise<void> {
    const news = this.#reader.next(await this.#parts.telemetry.metrics())
    if (this.#ending !== undefined) return
    if (news.length > 0) this.#write({ evidence: gather(this.#record.evidence, news, this.#options) })
    const { evidence } = this.#record
    const [objection] = objections(evidence, this.#options)
    if (objection !== undefined) {
      const foremost = foremostIn(evidence, objection, this.#options)
      const facts = [objection, foremost].flatMap((one) => (one === undefined ? [] : factsOf(one)))
      this.#end({ kind: 'back', reason: objectionText(objection, foremost), facts })
    }
    const dying = this.#parts.fleet.dyingBeside()
    if (dying !== undefined) this.#end({ kind: 'back', reason: dying })
  }

  #checkCalled(callsBefore: number, step: { readonly milliseconds: number } | undefined): void {
    const { withoutCalls } = this.#record.plan
    if (withoutCalls === 'go-on' || this.#callsOfCandidate() > callsBefore) return
    const time = formatDuration(step?.milliseconds ?? 1)
    this.#end({ kind: 'back', reason: `nobody called the candidate within ${time}` })
  }

  #callsOfCandidate(): number {
    return this.#record.evidence
      .filter(({ party }) => party === everyone)
      .reduce((sum, { tests }) => sum + tests.failed.seen.candidate.calls, 0)
  }

  #write(changes: Partial<Pick<CanaryRecord, 'step' | 'since' | 'evidence'>>): void {
    this.#record = { ...this.#record, ...changes }
    this.#parts.state.canaries.write(this.#record)
  }

  async #takeOver(): Promise<void> {
    const { state, fleet } = this.#parts
    const { generation } = this.#record
    try {
      await audited(state.audit, { who: itself, act: 'canary-over', facts: { generation } }, () =>
        fleet.takeOver(generation, this.#admitted),
      )
    } catch (thrown) {
      await this.#goBack({ kind: 'back', reason: messageOf(thrown) })
    }
  }

  /** First it is written down that the candidate is out, then it is: what runs after a fall is the running release alone. */
  async #goBack({ reason, facts = null }: Ending & { readonly kind: 'back' }): Promise<void> {
    const { state, fleet, logger } = this.#parts
    const { generation } = this.#record
    try {
      logger.write('warn', 'canary taken back', { generation, reason })
      await audited(
        state.audit,
        {
          who: itself,
          act: 'canary-back',
          facts: { generation, reason: reason.slice(0, 500), evidence: facts },
        },
        async () => {
          state.fail(generation, reason.slice(0, 2_000))
          await fleet.takeBack()
        },
      )
    } catch (thrown) {
      logger.write('error', 'canary not written down', { generation, reason: messageOf(thrown) })
      await fleet.takeBack()
    }
  }
}

function factsOf({ service, party, question, seen, level }: Objection): Json {
  return {
    service,
    party,
    question,
    p: levelText(level),
    candidate: { ...seen.candidate },
    running: { ...seen.running },
  }
}
