import { systemClock, type Clock } from '@plimsoll/base'
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { writeCertificate, type Profile } from './certificate.ts'
import { IdentityFailure, IdentityRefusal } from './errors.ts'
import { createKey, provenKey } from './key.ts'
import { openPrivateFolder, readPrivateFile, writePrivateFileOnce } from './private-file.ts'
import { isTrustDomain, parseSpiffeId } from './spiffe.ts'
import type { SpiffeId } from './types.ts'

const minute = 60_000
const hour = 60 * minute
const authorityLifetime = 10 * 365 * 24 * hour
/** Nothing that is stolen is of use for longer. */
const longestLifetime = 30 * 24 * hour
/** Clocks of two machines differ a little. */
const tolerance = minute

/** A request for a certificate; the proof shows who has the private key. */
export interface KeyRequest {
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  /** As `proveKey` makes it. */
  readonly proof: string
  /** Milliseconds; default one hour, at most 30 days, and never beyond the authority's own end. */
  readonly lifetimeMs?: number | undefined
}

export interface IssuedCertificate {
  /** PEM; leaf first. */
  readonly certificateChain: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

/** The certificate authority of one trust domain. Its key stays inside. */
export interface Authority {
  readonly trustDomain: string
  /** What others need to trust it: PEM. */
  readonly bundle: string
  /** An X509-SVID. */
  issueWorkload(request: KeyRequest & { readonly identity: SpiffeId }): IssuedCertificate
  /** A certificate for a server's DNS names and addresses. */
  issueServer(request: KeyRequest & { readonly names: readonly string[] }): IssuedCertificate
}

/**
 * The authority that lies in a folder; made at first use. Two processes that come first at once get the same one.
 * @throws {IdentityFailure} `AUTHORITY`, `KEY_FILE` where what lies there is readable by others, damaged, or of another
 * trust domain; `AUTHORITY` when it issues after its own end.
 */
export function openAuthority(folder: string, trustDomain: string, clock: Clock = systemClock): Authority {
  if (!isTrustDomain(trustDomain)) throw new IdentityRefusal('SPIFFE_ID', 'this is no name of a trust domain')
  openPrivateFolder(folder)
  const path = join(folder, 'authority.pem')
  const text = readPrivateFile(path) ?? writePrivateFileOnce(path, createAuthority(trustDomain, clock))
  const { privateKey, certificate } = readAuthority(text, { path, trustDomain })
  const bundle = certificate.toString()
  const issue = (key: KeyRequest, profile: Profile): IssuedCertificate => {
    const end = certificate.validToDate.getTime()
    if (end <= clock.now()) throw expired(path)
    const notAfter = Math.min(clock.now() + Math.min(key.lifetimeMs ?? hour, longestLifetime), end)
    const request = { profile, publicKey: provenKey(key), notBefore: clock.now() - tolerance, notAfter }
    return { certificateChain: writeCertificate(request, { privateKey, certificate }), notAfter }
  }
  return {
    trustDomain,
    bundle,
    issueWorkload(request) {
      const { id, trustDomain: domain } = parseSpiffeId(request.identity)
      if (domain !== trustDomain)
        throw new IdentityRefusal('SPIFFE_ID', 'the identity is of another trust domain')
      return issue(request, { kind: 'workload', uris: [id] })
    },
    issueServer(request) {
      if (request.names.length === 0 || request.names.length > 20 || !request.names.every(isHost)) {
        throw new IdentityRefusal('PEER', 'a server certificate needs 1 to 20 DNS names or addresses')
      }
      return issue(request, { kind: 'server', names: request.names })
    },
  }
}

function expired(file: string): IdentityFailure {
  return new IdentityFailure('AUTHORITY', 'the authority has expired', {
    place: { file },
    fix: 'move it away for a new authority; every workload and client then needs the new bundle',
  })
}

function isHost(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9.:-]+$/.test(name)
}

/** A new authority: its key and its certificate, in one PEM text, so that there is never one without the other. */
function createAuthority(trustDomain: string, clock: Clock): string {
  const { privateKey, publicKey } = createKey()
  const certificate = writeCertificate(
    {
      profile: { kind: 'authority', commonName: `Plimsoll authority of ${trustDomain}`.slice(0, 64) },
      publicKey: createPublicKey(publicKey),
      notBefore: clock.now() - tolerance,
      notAfter: clock.now() + authorityLifetime,
    },
    { privateKey: createPrivateKey(privateKey) },
  )
  return `trust domain: ${trustDomain}\n${privateKey}${certificate}`
}

function readAuthority(
  text: string,
  { path, trustDomain }: { readonly path: string; readonly trustDomain: string },
): { privateKey: KeyObject; certificate: X509Certificate } {
  const failure = (message: string, fix: string, cause?: unknown) =>
    new IdentityFailure('AUTHORITY', message, { place: { file: path }, fix, cause })
  const domain = /^trust domain: (\S+)$/m.exec(text)?.[1]
  if (domain !== trustDomain) {
    throw failure(
      `the authority is of the trust domain ${domain ?? 'of nobody'}`,
      `use that one, or another state folder for ${trustDomain}`,
    )
  }
  try {
    const privateKey = createPrivateKey(text)
    const certificate = new X509Certificate(text)
    if (certificate.ca && certificate.checkPrivateKey(privateKey)) return { privateKey, certificate }
  } catch (cause) {
    throw failure(
      'the file is damaged',
      'restore it from a backup, or move it away for a new authority',
      cause,
    )
  }
  throw failure(
    'key and certificate do not belong together',
    'restore the file from a backup, or move it away for a new authority',
  )
}
