import type { Credentials, TrustState } from '@plimsoll/identity'
import type { CertificateKeeper } from './certificate.ts'

/** Whom this workload believes: the newest that the engine told, and nothing older. What cannot be read changes nothing. */
export class TrustKeeper {
  #trust: TrustState | undefined
  #made:
    | {
        readonly from: Credentials
        readonly trust: TrustState | undefined
        readonly credentials: Credentials
      }
    | undefined

  constructor(trust: TrustState | undefined) {
    this.take(trust)
  }

  get current(): TrustState | undefined {
    return this.#trust
  }

  /** True where it is newer than what was known. */
  take(trust: TrustState | undefined): boolean {
    if (!isTrust(trust) || trust.epoch <= (this.#trust?.epoch ?? -1)) return false
    this.#trust = trust
    return true
  }

  /** The certificate that is kept, with the roots and revocations of now; a new object after each change. */
  credentials(keeper: Pick<CertificateKeeper, 'current'>): Credentials {
    const from = keeper.current()
    const trust = this.#trust
    if (this.#made?.from === from && this.#made.trust === trust) return this.#made.credentials
    const credentials = trust === undefined ? from : { ...from, bundle: trust.bundle, revoked: trust.revoked }
    this.#made = { from, trust, credentials }
    return credentials
  }

  /** True where a certificate has to be replaced now: what issued it is about to be trusted no more, or it is revoked itself. */
  condemns(authority: string | undefined, serial: string): boolean {
    const { tainted = [], revoked } = this.#trust ?? {}
    return (
      (authority !== undefined && tainted.includes(authority)) || revoked?.serials.includes(serial) === true
    )
  }
}

/** The channel brings what the engine chose to say; a trust that holds no list would let everybody in. */
function isTrust(value: TrustState | undefined): value is TrustState {
  if (typeof value !== 'object' || value === null) return false
  const { epoch, bundle, tainted, revoked, subjectKeys } = value as Partial<TrustState>
  const lists = [tainted, revoked?.serials, revoked?.identities, revoked?.apiKeys, subjectKeys]
  const hasRoot = typeof bundle === 'string' && bundle.includes('-----BEGIN CERTIFICATE-----')
  return Number.isSafeInteger(epoch) && hasRoot && lists.every(Array.isArray)
}
