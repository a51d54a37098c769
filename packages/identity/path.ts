import type { X509Certificate } from 'node:crypto'
import { readFacts, type CertificateFacts } from './certificate-facts.ts'
import { IdentityRefusal } from './errors.ts'
import { keyUsageBits, oids } from './oids.ts'

/** A root, what issues for it, and one between them where somebody else's root needs it; nothing deeper. */
const mostBetween = 2
const longestSerial = 20
const weakestRsa = 2_048
const minute = 60_000
const tolerance = minute

const algorithms: ReadonlySet<string> = new Set([
  oids.ecdsaWithSha256,
  oids.ecdsaWithSha384,
  oids.sha256WithRsa,
  oids.sha384WithRsa,
  oids.sha512WithRsa,
])
const curves: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1'])
/** All that a leaf or an issuing authority has here. What is never issued is never accepted: constraints on names, policies, addresses. */
const extensions: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAltName,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
])
/** What may not be marked critical (RFC 5280, 4.2.1.1 and 4.2.1.2). */
const neverCritical = [oids.subjectKeyIdentifier, oids.authorityKeyIdentifier] as const

/** One certificate of a path, read once. */
interface Step {
  readonly certificate: X509Certificate
  readonly facts: CertificateFacts
}

/** A path that holds. */
export interface VerifiedPath {
  /** What each certificate says, from the leaf to the root. */
  readonly facts: readonly CertificateFacts[]
  readonly root: X509Certificate
  /** From the leaf to what the root has signed. */
  readonly certificates: readonly X509Certificate[]
}

/**
 * Verifies a path from a leaf to one of the roots: RFC 5280, section 6.1, for the kinds of certificate that a trust domain here
 * issues, and for no other. It looks for no other path: the chain stands in the order in which TLS sends it, each certified by the next.
 * @param chain leaf first; roots at its end are not believed for being there
 * @param roots what is trusted
 * @throws {IdentityRefusal} `PEER`; `CLOCK` where a certificate has not begun yet
 */
export function verifyPath(
  chain: readonly X509Certificate[],
  { roots, now }: { readonly roots: readonly X509Certificate[]; readonly now: number },
): VerifiedPath {
  const trusted = new Set(roots.map(({ fingerprint256 }) => fingerprint256))
  const end = chain.findIndex(({ fingerprint256 }) => trusted.has(fingerprint256))
  const sent = end === -1 ? chain : chain.slice(0, end)
  if (sent.length === 0) throw refusal('the peer showed no certificate of its own')
  if (sent.length > mostBetween + 1) throw refusal('the chain is longer than any that is issued here')
  const steps = sent.map((certificate) => readStep(certificate, now))
  const top = steps.at(-1) as Step
  const root = findRoot(top, roots, now)
  const all = [...steps, root]
  steps.forEach((step, at) => checkIssued(step, all[at + 1] as Step))
  all.slice(1).forEach((issuer, below) => checkIssuer(issuer, below))
  return { facts: all.map(({ facts }) => facts), root: root.certificate, certificates: sent }
}

/**
 * What a certificate says that may be a root here.
 * @throws {IdentityRefusal} `PEER`, `CLOCK`
 */
export function verifyRoot(certificate: X509Certificate, now: number): CertificateFacts {
  const root = readRoot(certificate, now)
  checkIssuer(root, 1)
  return root.facts
}

function findRoot(top: Step, roots: readonly X509Certificate[], now: number): Step {
  const named = roots.filter((root) => root.subject === top.certificate.issuer)
  const signer = named.find((root) => top.certificate.verify(root.publicKey))
  if (signer === undefined) throw refusal('no root that is trusted here has signed it')
  return readRoot(signer, now)
}

function readStep(certificate: X509Certificate, now: number): Step {
  const facts = readFacts(certificate)
  if (facts === undefined) throw refusal('a certificate cannot be read, or is none of version 3')
  checkForm({ certificate, facts })
  const unknown = [...facts.extensions.keys()].find((oid) => !extensions.has(oid))
  if (unknown !== undefined) throw refusal(`a certificate has an extension that none here has: ${unknown}`)
  checkTime(certificate, now)
  return { certificate, facts }
}

/** Somebody else's root may say more of itself, as long as nothing of it is critical. */
function readRoot(certificate: X509Certificate, now: number): Step {
  const facts = readFacts(certificate)
  if (facts === undefined) throw refusal('a root cannot be read, or is none of version 3')
  checkForm({ certificate, facts })
  for (const [oid, { critical }] of facts.extensions) {
    if (critical && !extensions.has(oid))
      throw refusal(`a root has a critical extension that is unknown: ${oid}`)
    if (oid === nameConstraints) throw refusal('a root constrains names, which is not supported here')
  }
  checkTime(certificate, now)
  if (!facts.issuer.equals(facts.subject) || !certificate.verify(certificate.publicKey))
    throw refusal('a root has not signed itself')
  const { authorityKey, subjectKey } = facts
  if (
    authorityKey !== undefined &&
    !(authorityKey.only && subjectKey?.equals(authorityKey.id as Buffer) === true)
  )
    throw refusal('a root names another key as the one that signed it')
  return { certificate, facts }
}

const nameConstraints = '2.5.29.30'

/** What holds for every certificate (RFC 5280, section 4). */
function checkForm({ certificate, facts }: Step): void {
  if (!isSerial(facts.serial)) throw refusal('a serial number is not positive, or too long')
  if (!algorithms.has(facts.algorithm))
    throw refusal('a certificate is signed with an algorithm that is not trusted')
  if (!isStrong(certificate)) throw refusal('a key is too weak, or of a kind that is not used here')
  if (facts.issuer.length === 0) throw refusal('a certificate does not say who issued it')
  for (const oid of neverCritical)
    if (facts.extensions.get(oid)?.critical === true)
      throw refusal('the identifier of a key is marked critical')
  // RFC 5280, 4.2.1.6: the alternative name is critical exactly where it is the only name.
  const names = facts.extensions.get(oids.subjectAltName)
  if (names !== undefined && names.critical !== (facts.subject.length === 0))
    throw refusal('the alternative name is critical without being the only name, or the other way round')
}

/** Positive, and of 20 bytes at most (RFC 5280, 4.1.2.2). */
function isSerial(serial: Buffer): boolean {
  const negative = ((serial[0] ?? 0x80) & 0x80) !== 0
  return !negative && serial.length <= longestSerial && serial.some((byte) => byte !== 0)
}

function isStrong({ publicKey }: X509Certificate): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey
  if (type === 'ec') return curves.has(details?.namedCurve)
  return type === 'rsa' && (details?.modulusLength ?? 0) >= weakestRsa
}

function checkTime(certificate: X509Certificate, now: number): void {
  const begin = certificate.validFromDate.getTime()
  const end = certificate.validToDate.getTime()
  if (now < begin) {
    throw new IdentityRefusal(
      'CLOCK',
      `a certificate is not valid before ${iso(begin)}, and this clock says ${iso(now)}`,
      {
        fix: `set the clocks of both machines: they are at least ${minutes(begin + tolerance - now)} apart`,
      },
    )
  }
  if (now > end)
    throw refusal(
      `a certificate ended at ${iso(end)}, and this clock says ${iso(now)}`,
      'renew it, or set the clock',
    )
}

/** The certificate above has signed the one below (RFC 5280, 6.1.3 and 4.2.1.1). */
function checkIssued(below: Step, issuer: Step): void {
  const { facts, certificate } = below
  const named = facts.issuer.equals(issuer.facts.subject)
  if (!named || !certificate.verify(issuer.certificate.publicKey))
    throw refusal('a certificate was not signed by the next one in the chain')
  const { authorityKey } = facts
  const matches = authorityKey?.id !== undefined && issuer.facts.subjectKey?.equals(authorityKey.id) === true
  if (!matches) throw refusal('a certificate does not name the key that signed it')
}

/** May sign what is below it (RFC 5280, 6.1.4). */
function checkIssuer({ facts }: Step, below: number): void {
  const { constraints, subjectKey, subject, usage = 0 } = facts
  if (constraints?.authority !== true || facts.extensions.get(oids.basicConstraints)?.critical !== true)
    throw refusal('what signed a certificate is no authority')
  if ((usage & keyUsageBits.keyCertSign) === 0)
    throw refusal('what signed a certificate may not sign certificates')
  if (subjectKey === undefined || subject.length === 0)
    throw refusal('an authority lacks its name or the name of its key')
  if (constraints.pathLength !== undefined && below > constraints.pathLength)
    throw refusal('an authority signed others below it, which it may not')
}

function refusal(message: string, fix?: string): IdentityRefusal {
  return new IdentityRefusal('PEER', message, { fix })
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function minutes(milliseconds: number): string {
  const count = Math.max(1, Math.round(milliseconds / minute))
  return `${count} minute${count === 1 ? '' : 's'}`
}
