import { createPrivateKey, X509Certificate } from 'node:crypto'
import { IdentityFailure } from './errors.ts'
import { keepPrivateFile } from './private-file.ts'
import { rootOf, type Issuing, type Root } from './root.ts'
import type { SubjectKey } from './types.ts'

const format = 'plimsoll/authority/1'

/**
 * Where an authority is on its way: trusted by all before it issues (`prepared`), the one that issues (`active`), trusted but
 * followed by another (`former`), trusted only until everything is replaced that it issued (`tainted`).
 */
export type AuthorityStatus = 'prepared' | 'active' | 'former' | 'tainted'

/** A root with what issues for it. */
export interface KnownAuthority {
  readonly root: Root
  readonly issuing: Issuing
  readonly status: AuthorityStatus
  /** Milliseconds since the epoch: of its status. */
  readonly since: number
}

/** Remembered until it means nothing any more, in milliseconds since the epoch. */
interface Expiring {
  readonly id: string
  readonly until: number
}

/** What the authority of a trust domain must not forget. */
export interface AuthorityState {
  readonly trustDomain: string
  readonly epoch: number
  readonly authorities: readonly KnownAuthority[]
  readonly revokedSerials: readonly Expiring[]
  readonly revokedIdentities: readonly string[]
  readonly revokedApiKeys: readonly Expiring[]
  readonly subjectKeys: readonly (SubjectKey & { readonly until: number })[]
}

/** Writes the state, whole or not at all, for its owner alone. */
export function keepState(path: string, state: AuthorityState): void {
  keepPrivateFile(path, writeState(state))
}

export function writeState(state: AuthorityState): string {
  const authorities = state.authorities.map(({ root, issuing, status, since }) => ({
    status,
    since,
    root: root.certificate.toString(),
    issuing: {
      certificate: issuing.certificate.toString(),
      privateKey: issuing.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    },
  }))
  return `${JSON.stringify({ format, ...state, authorities }, undefined, 2)}\n`
}

interface Written extends Omit<AuthorityState, 'authorities'> {
  readonly format: string
  readonly authorities: readonly {
    readonly status: AuthorityStatus
    readonly since: number
    readonly root: string
    readonly issuing: { readonly certificate: string; readonly privateKey: string }
  }[]
}

/**
 * The state of a text that `writeState` wrote.
 * @throws {IdentityFailure} `AUTHORITY` where it is damaged, or of another trust domain
 */
export function readState(text: string, path: string, trustDomain: string): AuthorityState {
  let state: AuthorityState
  try {
    state = stateOf(JSON.parse(text) as Written)
  } catch (cause) {
    throw failure(
      path,
      'the file is damaged',
      'restore it from a backup, or move it away for a new authority',
      cause,
    )
  }
  if (state.trustDomain === trustDomain) return state
  throw failure(
    path,
    `the authority is of the trust domain ${state.trustDomain}`,
    `use that one, or another state folder for ${trustDomain}`,
  )
}

function stateOf(written: Written): AuthorityState {
  const authorities = written.authorities.map(({ status, since, root, issuing }) => {
    const privateKey = createPrivateKey(issuing.privateKey)
    const certificate = new X509Certificate(issuing.certificate)
    const known = {
      status,
      since,
      root: rootOf(new X509Certificate(root)),
      issuing: { privateKey, certificate },
    }
    const fits =
      certificate.checkPrivateKey(privateKey) && certificate.verify(known.root.certificate.publicKey)
    if (!fits) throw new Error('key, certificate and root do not belong together')
    return known
  })
  const { trustDomain, epoch, revokedSerials, revokedIdentities, revokedApiKeys, subjectKeys } = written
  const lists = [revokedSerials, revokedIdentities, revokedApiKeys, subjectKeys]
  const active = authorities.filter(({ status }) => status === 'active')
  if (
    written.format !== format ||
    active.length !== 1 ||
    !Number.isSafeInteger(epoch) ||
    !lists.every(Array.isArray)
  )
    throw new Error('it is no state of an authority')
  return { trustDomain, epoch, authorities, revokedSerials, revokedIdentities, revokedApiKeys, subjectKeys }
}

function failure(file: string, message: string, fix: string, cause?: unknown): IdentityFailure {
  return new IdentityFailure('AUTHORITY', message, { place: { file }, fix, cause })
}
