import { messageOf, systemClock } from '@plimsoll/base'
import { parseSpiffeId, type Authority, type IssuedCertificate } from '@plimsoll/identity'
import type { CertificateRequest, EngineMessage, Logger, Trusts } from '@plimsoll/service'
import { randomBytes, X509Certificate } from 'node:crypto'
import type { WorkloadSpec } from '../engine.ts'
import type { Followers, TrustReport } from './followers.ts'

const minute = 60_000
const challengeBytes = 24
/**
 * Renewed at a quarter of it, by processes that outlive the control plane: at any moment they can do without it for an hour and a half.
 */
const lifetimeMs = 120 * minute
/** Certificates that one change of the trust can make a process ask for. */
const mostAskedFor = 2
/** Until all that serve know a key for tokens; whoever takes longer is stuck, and refuses its tokens until it is not. */
const settleMs = 5_000

export interface CertificationOptions {
  readonly authority: Authority
  readonly spec: Pick<WorkloadSpec, 'identity' | 'serverNames'>
  /** Whether it goes on while there is no control plane. */
  readonly outlives?: boolean | undefined
  /** `pricing/0` */
  readonly instance: string
  readonly followers: Followers
  readonly logger: Logger
  /** In a minute. */
  readonly mostCertificates: number
  readonly send: (message: EngineMessage) => void
}

/**
 * Certifies one process, and keeps it told whom to believe. The channel is the proof of who asks: the identity is the one that the process
 * was started with. Each request proves its key for a challenge that went over the same channel and is good once: a request that
 * somebody has recorded is of no use, not even on another channel.
 */
export class Certification {
  readonly #options: CertificationOptions
  #challenge = newChallenge()
  #report: Omit<TrustReport, 'instance'> = { epoch: -1, authorities: [], since: 0 }
  #asked = { since: 0, count: 0 }

  constructor(options: CertificationOptions) {
    this.#options = options
  }

  /** What the process is told first. */
  get bootstrap() {
    return { trust: this.#options.authority.trust, challenge: this.#challenge }
  }

  get report(): TrustReport {
    return { instance: this.#options.instance, ...this.#report }
  }

  /** Tells whom to believe now. */
  tell(): void {
    const { send, authority } = this.#options
    // What it has to ask for because of this is not its own waste.
    this.#asked.count = Math.max(0, this.#asked.count - mostAskedFor)
    send({ type: 'trust', trust: authority.trust })
  }

  /** What the process says that it believes: nothing is granted for it, only waited for. */
  hear({ epoch, authorities }: Trusts): void {
    this.#report = { epoch, authorities, since: performance.now() }
  }

  certify({ publicKey, proof, names }: CertificateRequest): void {
    const { authority, spec, send, outlives } = this.#options
    if (!this.#mayAsk()) return
    this.#unlessRefused('certificate refused', () => {
      const key = { publicKey, proof, challenge: this.#challenge, ...(outlives === true && { lifetimeMs }) }
      const issued =
        names === undefined
          ? authority.issueWorkload({ ...key, identity: spec.identity })
          : authority.issueServer({ ...key, names: names.filter((name) => spec.serverNames.includes(name)) })
      this.#challenge = newChallenge()
      const { certificateChain, authority: issuer } = issued
      this.#audit(names, issued)
      const { bundle } = authority
      send({ type: 'certificate', certificateChain, bundle, authority: issuer, challenge: this.#challenge })
    })
  }

  /** Makes a gateway's key known; says so to the gateway when all that serve know it. */
  takeSubjectKey(publicKey: string): void {
    const { authority, spec } = this.#options
    if (!this.#mayAsk()) return
    this.#unlessRefused('subject key refused', () => {
      authority.admitSubjectKey({ publicKey, issuer: parseSpiffeId(spec.identity).id })
      const { epoch } = authority.trust
      void this.#confirm(publicKey, epoch)
    })
  }

  async #confirm(publicKey: string, epoch: number): Promise<void> {
    const { followers, send } = this.#options
    const late = await followers.settled((report) => report.epoch >= epoch, settleMs)
    if (late.length > 0) this.#warn('subject key not known to all', late.join(', '))
    send({ type: 'subject-key-taken', publicKey })
  }

  /** Whoever has to revoke a certificate finds its serial number here. */
  #audit(names: readonly string[] | undefined, { certificateChain, notAfter }: IssuedCertificate): void {
    const { logger, instance, spec } = this.#options
    const { serialNumber } = new X509Certificate(certificateChain)
    const subject = names === undefined ? spec.identity : names.join(', ')
    const ends = new Date(notAfter).toISOString()
    logger.write('info', 'certificate issued', { instance, subject, serial: serialNumber, ends })
  }

  #unlessRefused(event: string, work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#warn(event, messageOf(thrown))
    }
  }

  #warn(event: string, reason: string): void {
    const { logger, instance } = this.#options
    logger.write('error', event, { instance, reason })
  }

  #mayAsk(): boolean {
    const now = systemClock.now()
    const { mostCertificates } = this.#options
    if (now - this.#asked.since > minute) this.#asked = { since: now, count: 0 }
    this.#asked.count += 1
    if (this.#asked.count === mostCertificates + 1)
      this.#warn('too many certificates asked for', `more than ${mostCertificates} in a minute`)
    return this.#asked.count <= mostCertificates
  }
}

function newChallenge(): string {
  return randomBytes(challengeBytes).toString('base64url')
}
