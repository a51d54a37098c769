import {
  IdentityRefusal,
  parseSpiffeId,
  type Authority,
  type AuthorityId,
  type AuthoritySummary,
  type Rotation,
  type TrustState,
} from '@plimsoll/identity'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { keepConsumerKeys } from './consumers.ts'
import type { Followers, TrustReport } from './engines/local/followers.ts'
import { ControlRefusal } from './errors.ts'
import type { Folders } from './folders.ts'
import type { State } from './state.ts'

/** Longer than a renewal takes anywhere that is not stuck. */
const settleMs = 15_000
/**
 * A handshake that began with what was true before ends within two seconds, or is given up. Until then one of its ends may show, or ask
 * for, what the other does not believe any more.
 */
const handshakeMs = 2_500

export interface RotationsOptions {
  readonly authority: Authority
  readonly followers: Followers
  readonly state: State
  readonly folders: Folders
  /** Tells every workload what it has to know. */
  readonly publish: () => void
}

export interface AuthorityReport {
  readonly epoch: number
  readonly authorities: readonly (AuthoritySummary & { readonly usedBy: readonly string[] })[]
  readonly revoked: TrustState['revoked']
  /** Instances that do not know the newest trust yet. */
  readonly waiting: readonly string[]
}

/**
 * Changes whom to believe while everything runs. Each step of a rotation waits until everybody has followed the one before, because a
 * certificate that one end does not trust yet, or no more, is a failed call.
 */
export class Rotations {
  readonly #options: RotationsOptions

  constructor(options: RotationsOptions) {
    this.#options = options
  }

  report(): AuthorityReport {
    const { authority, followers } = this.#options
    const { epoch, revoked } = authority.trust
    const reports = followers.reports()
    return {
      epoch,
      revoked,
      waiting: reports.filter((report) => report.epoch < epoch).map(({ instance }) => instance),
      authorities: authority.authorities.map((summary) => ({
        ...summary,
        usedBy: usersOf(summary.id, reports),
      })),
    }
  }

  /**
   * One step, and everybody's following it.
   * @returns the authority that it was about, and who has not followed in time
   * @throws {IdentityRefusal} `ROTATION` where the step cannot come now
   * @throws {ControlRefusal} `NOT_FOLLOWED` where somebody has not followed the step before; never with `force`
   */
  async rotate(
    step: Rotation,
    { id, force }: { readonly id?: AuthorityId | undefined; readonly force: boolean },
  ): Promise<{ readonly id: AuthorityId; readonly waiting: readonly string[] }> {
    const { authority } = this.#options
    if (!force) await this.#mayCome(step, id)
    const about = authority.rotate(step, id)
    const waiting = await this.#settled(
      (report) => report.epoch >= authority.trust.epoch && !isTainted(report, authority),
    )
    return { id: about, waiting }
  }

  /**
   * Believes an identity, or one certificate, no more; or an identity again. Whoever holds a revoked certificate and may have another gets
   * it at once.
   * @param what one of `identity` and `serial`
   * @throws {IdentityRefusal} `SPIFFE_ID`, `ROTATION`
   */
  revoke(what: {
    readonly identity?: string | undefined
    readonly serial?: string | undefined
    readonly restore: boolean
  }): void {
    const { identity, serial, restore } = what
    const { authority } = this.#options
    if (identity === undefined && serial !== undefined && !restore) return authority.revoke({ serial })
    if (identity === undefined || serial !== undefined)
      throw new IdentityRefusal('ROTATION', 'say whom: an identity, or the serial number of a certificate', {
        fix: 'a certificate stays revoked; only an identity can be restored',
      })
    const { id, kind } = parseSpiffeId(identity)
    if (restore) return authority.restore(id)
    if (kind === 'control' || kind === 'operator')
      throw new IdentityRefusal('ROTATION', `without ${id} nobody could undo it`, {
        fix: 'revoke the serial number of its certificate, or rotate the authority: plimsoll authority prepare',
      })
    authority.revoke({ identity: id })
  }

  /**
   * Makes every key of a consumer worthless, also for calls that run on its behalf, and gives it a new one.
   * @returns how many keys were revoked
   * @throws {ControlRefusal} `CONSUMER_UNKNOWN`
   */
  revokeConsumer(consumer: string): number {
    const { authority, state, folders, publish } = this.#options
    const keys = state.removeConsumerKeys(consumer)
    if (keys.length === 0)
      throw new ControlRefusal('CONSUMER_UNKNOWN', `${consumer} has no key here`, {
        fix: 'consumers are declared in plimsoll.config.ts, and get their key with the next deployment',
      })
    for (const apiKey of keys) authority.revoke({ apiKey })
    for (const kind of ['key', 'header'])
      rmSync(join(folders.consumers, `${consumer}.${kind}`), { force: true })
    keepConsumerKeys([consumer], folders.consumers, state)
    publish()
    return keys.length
  }

  /** Before others may issue, all trust them; before one is trusted no more, nobody shows its certificates. */
  async #mayCome(step: Rotation, id: AuthorityId | undefined): Promise<void> {
    const { authority } = this.#options
    const { epoch } = authority.trust
    const gone = id ?? authority.authorities.findLast(({ status }) => status === 'tainted')?.id
    const late = await this.#settled((report) => {
      const quiet = performance.now() - report.since >= handshakeMs
      if (step === 'revoke') return quiet && (gone === undefined || !report.authorities.includes(gone))
      return report.epoch >= epoch && (quiet || step !== 'activate')
    })
    if (late.length === 0) return
    throw new ControlRefusal(
      'NOT_FOLLOWED',
      `not everybody has followed the step before: ${late.join(', ')}`,
      {
        fix: 'try again in a moment; --force goes on without them, and their calls fail until they are started again',
      },
    )
  }

  #settled(has: (report: TrustReport) => boolean): Promise<readonly string[]> {
    return this.#options.followers.settled(has, settleMs)
  }
}

function usersOf(id: AuthorityId, reports: readonly TrustReport[]): readonly string[] {
  return reports.filter(({ authorities }) => authorities.includes(id)).map(({ instance }) => instance)
}

function isTainted({ authorities }: TrustReport, { trust }: Authority): boolean {
  return authorities.some((id) => trust.tainted.includes(id))
}
