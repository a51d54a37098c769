import { systemClock, type Clock } from '@plimsoll/base'
import { createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import {
  keepState,
  readState,
  writeState,
  type AuthorityState,
  type KnownAuthority,
} from './authority-state.ts'
import { writeCertificate, type Profile } from './certificate.ts'
import { IdentityFailure, IdentityRefusal } from './errors.ts'
import { provenKey } from './key.ts'
import { openPrivateFolder, readPrivateFile, writePrivateFileOnce } from './private-file.ts'
import { RootStore, type Root } from './root.ts'
import { rotations, type AuthorityId, type Rotation } from './rotation.ts'
import { keyIdOf } from './signing-key.ts'
import { isTrustDomain, parseSpiffeId } from './spiffe.ts'
import type { SpiffeId, SubjectKey, TrustState } from './types.ts'

const minute = 60_000
const hour = 60 * minute
/** Nothing that is stolen is of use for longer. */
const longestLifetime = 30 * 24 * hour
/** Clocks of two machines differ a little. */
const tolerance = minute
/** No token is valid for longer. */
const subjectKeyLifetime = 2 * hour
const longestPem = 4_096
const mostSubjectKeys = 64
const mostRevoked = 10_000

/** A request for a certificate; the proof shows who has the private key. */
export interface KeyRequest {
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  /** As `proveKey` makes it. */
  readonly proof: string
  /** What the proof was made for; nothing where absent. */
  readonly challenge?: string | undefined
  /** Milliseconds; default one hour, at most 30 days, and never beyond the authority's own end. */
  readonly lifetimeMs?: number | undefined
}

export interface IssuedCertificate {
  /** PEM; leaf first, then what issued it. */
  readonly certificateChain: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
  /** Which authority issued it. */
  readonly authority: AuthorityId
}

/** One authority of the trust domain, for people. */
export interface AuthoritySummary {
  readonly id: AuthorityId
  readonly status: KnownAuthority['status']
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Ends of the root's certificate and of the issuing one, milliseconds since the epoch. */
  readonly rootEnds: number
  readonly issuingEnds: number
}

/** The certificate authority of one trust domain. Its keys stay inside. */
export interface Authority {
  readonly trustDomain: string
  /** The roots that others need to trust, now: PEM. */
  readonly bundle: string
  /** All that workloads have to know, now. */
  readonly trust: TrustState
  readonly authorities: readonly AuthoritySummary[]
  /**
   * An X509-SVID.
   * @throws {IdentityRefusal} `REVOKED` for an identity that is
   */
  issueWorkload(request: KeyRequest & { readonly identity: SpiffeId }): IssuedCertificate
  /** A certificate for a server's DNS names and addresses. */
  issueServer(request: KeyRequest & { readonly names: readonly string[] }): IssuedCertificate
  /**
   * One step of a rotation. The order is: prepare, activate, taint, revoke; whoever goes on before everybody has followed breaks calls.
   * @throws {IdentityRefusal} `ROTATION` where the step cannot come now
   * @throws {IdentityFailure} `AUTHORITY`
   */
  rotate(rotation: Rotation, id?: AuthorityId): AuthorityId
  /** Believes an identity, a certificate or tokens of an API key no more. */
  revoke(what: Revocation): void
  /** Believes an identity again. */
  restore(identity: SpiffeId): void
  /**
   * Makes known a key that signs tokens about subjects; for two hours, and longer where it is told again.
   * @throws {IdentityRefusal} `SUBJECT` where it is no Ed25519 key, or not a gateway's
   */
  admitSubjectKey(key: Omit<SubjectKey, 'keyId'>): void
  /** Called after each change of `trust`. */
  onChange(listener: () => void): void
}

/** Exactly one of these. */
export type Revocation =
  | { readonly identity: SpiffeId }
  /** Serial number, hexadecimal. */
  | { readonly serial: string }
  | { readonly apiKey: string }

/**
 * The authority that lies in a folder; made at first use. Two processes that come first at once get the same one; one process at a time
 * may change it. Roots' keys lie in `roots/`, or `external/` for a root that somebody else made, and may be taken away: without them
 * certificates are issued until the issuing authority ends, 90 days after it was made.
 * @throws {IdentityFailure} `AUTHORITY`, `KEY_FILE` where what lies there is readable by others, damaged, or of another
 * trust domain; `AUTHORITY` when it issues after its own end.
 */
export function openAuthority(folder: string, trustDomain: string, clock: Clock = systemClock): Authority {
  if (!isTrustDomain(trustDomain)) throw new IdentityRefusal('SPIFFE_ID', 'this is no name of a trust domain')
  openPrivateFolder(folder)
  const path = join(folder, 'authority.json')
  const roots = new RootStore(folder, { trustDomain, clock })
  const text = readPrivateFile(path) ?? firstState(path, { roots, trustDomain, clock })
  return new OpenAuthority({ state: readState(text, path, trustDomain), path, roots, clock })
}

/** Where another process was first, its root counts, and nothing is left of the one made here. */
function firstState(
  path: string,
  { roots, trustDomain, clock }: { roots: RootStore; trustDomain: string; clock: Clock },
): string {
  const nothing = { revokedSerials: [], revokedIdentities: [], revokedApiKeys: [], subjectKeys: [] }
  const root = roots.next([])
  const authority = createKnown(root, roots, { status: 'active', since: clock.now() })
  const text = writeState({ trustDomain, epoch: 1, authorities: [authority], ...nothing })
  const kept = writePrivateFileOnce(path, text)
  if (kept !== text) roots.forget(root)
  return kept
}

function createKnown(
  root: Root,
  roots: RootStore,
  facts: Pick<KnownAuthority, 'status' | 'since'>,
): KnownAuthority {
  const issuing = roots.issue(root)
  if (issuing !== undefined) return { root, issuing, ...facts }
  throw new IdentityFailure('AUTHORITY', `the key of the root ${root.id} is not here`, {
    fix: 'lay it beside its certificate as root.key; it may go again afterwards',
  })
}

interface Parts {
  readonly path: string
  readonly roots: RootStore
  readonly clock: Clock
}

class OpenAuthority implements Authority {
  readonly #parts: Parts
  readonly #listeners = new Set<() => void>()
  #state: AuthorityState
  #trust: TrustState | undefined

  constructor({ state, ...parts }: Parts & { readonly state: AuthorityState }) {
    this.#parts = parts
    this.#state = state
  }

  get trustDomain(): string {
    return this.#state.trustDomain
  }

  get bundle(): string {
    return this.trust.bundle
  }

  get trust(): TrustState {
    return (this.#trust ??= trustOf(this.#state))
  }

  get authorities(): readonly AuthoritySummary[] {
    return this.#state.authorities.map(({ root, issuing, status, since }) => ({
      id: root.id,
      status,
      since,
      rootEnds: root.certificate.validToDate.getTime(),
      issuingEnds: issuing.certificate.validToDate.getTime(),
    }))
  }

  issueWorkload(request: KeyRequest & { readonly identity: SpiffeId }): IssuedCertificate {
    const { id, trustDomain } = parseSpiffeId(request.identity)
    if (trustDomain !== this.trustDomain)
      throw new IdentityRefusal('SPIFFE_ID', 'the identity is of another trust domain')
    if (this.#state.revokedIdentities.includes(id))
      throw new IdentityRefusal('REVOKED', `the identity ${id} is revoked`, {
        fix: `plimsoll authority restore ${id}`,
      })
    return this.#issue(request, { kind: 'workload', uris: [id] })
  }

  issueServer(request: KeyRequest & { readonly names: readonly string[] }): IssuedCertificate {
    if (request.names.length === 0 || request.names.length > 20 || !request.names.every(isHost))
      throw new IdentityRefusal('PEER', 'a server certificate needs 1 to 20 DNS names or addresses')
    return this.#issue(request, { kind: 'server', names: request.names })
  }

  rotate(rotation: Rotation, id?: AuthorityId): AuthorityId {
    const { roots, clock } = this.#parts
    const { authorities } = this.#state
    if (rotation !== 'prepare') {
      const step = rotations[rotation](authorities, { id, now: clock.now() })
      this.#change({ authorities: step.authorities })
      for (const known of authorities)
        if (!step.authorities.some(({ root }) => root.id === known.root.id)) roots.forget(known.root)
      return step.id
    }
    const waiting = authorities.find(({ status }) => status === 'prepared')
    if (waiting !== undefined) return waiting.root.id
    const root = roots.next(authorities.map((known) => known.root.id))
    const prepared = createKnown(root, roots, { status: 'prepared', since: clock.now() })
    this.#change({ authorities: [...authorities, prepared] })
    return root.id
  }

  revoke(what: Revocation): void {
    const { revokedSerials, revokedIdentities, revokedApiKeys } = this.#state
    const now = this.#parts.clock.now()
    if ('identity' in what) {
      const { id } = parseSpiffeId(what.identity)
      return this.#change({ revokedIdentities: bounded([...new Set([...revokedIdentities, id])]) })
    }
    if ('apiKey' in what) {
      const entry = { id: what.apiKey, until: now + subjectKeyLifetime }
      return this.#change({ revokedApiKeys: bounded([...remembered(revokedApiKeys, now), entry]) })
    }
    if (!/^[0-9A-F]{1,40}$/i.test(what.serial))
      throw new IdentityRefusal('ROTATION', 'a serial number is hexadecimal, at most 40 digits')
    const entry = { id: what.serial.toUpperCase(), until: now + longestLifetime }
    this.#change({ revokedSerials: bounded([...remembered(revokedSerials, now), entry]) })
  }

  restore(identity: SpiffeId): void {
    const { revokedIdentities } = this.#state
    this.#change({ revokedIdentities: revokedIdentities.filter((id) => id !== identity) })
  }

  admitSubjectKey({ publicKey, issuer }: Omit<SubjectKey, 'keyId'>): void {
    const key = { keyId: subjectKeyId(publicKey), publicKey, issuer }
    if (parseSpiffeId(issuer).kind !== 'gateway')
      throw new IdentityRefusal('SUBJECT', 'only a gateway speaks for subjects')
    const now = this.#parts.clock.now()
    const kept = this.#state.subjectKeys.filter(({ keyId, until }) => keyId !== key.keyId && until > now)
    // Of one gateway that runs for a year the key stays: it is told again before it is forgotten.
    const next = { ...key, until: now + subjectKeyLifetime }
    this.#change({ subjectKeys: [...kept, next].slice(-mostSubjectKeys) })
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  #issue(key: KeyRequest, profile: Profile): IssuedCertificate {
    const { clock } = this.#parts
    const publicKey = provenKey(key)
    const { issuing, root } = this.#active()
    const end = issuing.certificate.validToDate.getTime()
    if (end <= clock.now()) throw this.#expired(root)
    const notAfter = Math.min(clock.now() + Math.min(key.lifetimeMs ?? hour, longestLifetime), end)
    const request = { profile, publicKey, notBefore: clock.now() - tolerance, notAfter }
    const leaf = writeCertificate(request, issuing)
    return { certificateChain: `${leaf}${issuing.certificate.toString()}`, notAfter, authority: root.id }
  }

  /** The one that issues, with an issuing certificate in the first half of its life where the root's key is here. */
  #active(): KnownAuthority {
    const { roots, clock } = this.#parts
    const active = this.#state.authorities.find(({ status }) => status === 'active') as KnownAuthority
    if (!isPastHalf(active.issuing.certificate, clock.now())) return active
    const issuing = roots.issue(active.root)
    if (issuing === undefined) return active
    const renewed = { ...active, issuing }
    const others = this.#state.authorities.filter((known) => known !== active)
    this.#change({ authorities: [...others, renewed] })
    return renewed
  }

  #change(change: Partial<AuthorityState>): void {
    const next = { ...this.#state, ...change, epoch: this.#state.epoch + 1 }
    keepState(this.#parts.path, next)
    this.#state = next
    this.#trust = undefined
    for (const listener of this.#listeners) listener()
  }

  #expired(root: Root): IdentityFailure {
    return new IdentityFailure('AUTHORITY', `what issues for the root ${root.id} has expired`, {
      place: { file: this.#parts.path },
      fix: 'bring the root’s key back so that it is renewed, or rotate to another root: plimsoll authority prepare',
    })
  }
}

function trustOf(state: AuthorityState): TrustState {
  const { authorities, epoch, revokedSerials, revokedIdentities, revokedApiKeys, subjectKeys } = state
  return {
    epoch,
    bundle: authorities.map(({ root }) => root.certificate.toString()).join(''),
    tainted: authorities.filter(({ status }) => status === 'tainted').map(({ root }) => root.id),
    revoked: {
      serials: revokedSerials.map(({ id }) => id),
      identities: revokedIdentities,
      apiKeys: revokedApiKeys.map(({ id }) => id),
    },
    // Who is revoked itself speaks for nobody else.
    subjectKeys: subjectKeys
      .filter(({ issuer }) => !revokedIdentities.includes(issuer))
      .map(({ keyId, publicKey, issuer }) => ({ keyId, publicKey, issuer })),
  }
}

function subjectKeyId(publicKey: string): string {
  try {
    const key = createPublicKey({ key: publicKey.slice(0, longestPem), format: 'pem', type: 'spki' })
    if (key.asymmetricKeyType === 'ed25519') return keyIdOf(key)
  } catch {
    // As any other text that is none.
  }
  throw new IdentityRefusal('SUBJECT', 'this is no Ed25519 key')
}

function isPastHalf(
  { validFromDate, validToDate }: { validFromDate: Date; validToDate: Date },
  now: number,
): boolean {
  return now > (validFromDate.getTime() + validToDate.getTime()) / 2
}

function remembered<T extends { readonly until: number }>(entries: readonly T[], now: number): readonly T[] {
  return entries.filter(({ until }) => until > now)
}

/** @throws {IdentityRefusal} `ROTATION`: a list that forgets somebody would let them in again */
function bounded<T>(entries: readonly T[]): readonly T[] {
  if (entries.length <= mostRevoked) return entries
  throw new IdentityRefusal('ROTATION', `there are ${mostRevoked} revocations already`, {
    fix: 'rotate the authority instead: plimsoll authority prepare',
  })
}

function isHost(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9.:-]+$/.test(name)
}
